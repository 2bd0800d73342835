/** The params of http.request: the single source of their types, the form and the validation. */
import { anyJson } from '@automateos/shared/model/any-json';
import { outputLimitBytes } from '@automateos/shared/model/stored-value';
import { z } from 'zod';

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const itemsPath = z
  .string()
  .max(512)
  .default('')
  .describe('Where the list is in each page, for example data.items; empty when the page itself is the list');
const maxPages = z.int().min(1).max(1_000).default(100).describe('Pages fetched at most');
const paramName = z.string().min(1).max(256);

export const Pagination = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('link-header'), items: itemsPath, maxPages }),
  z.strictObject({
    kind: z.literal('cursor'),
    cursor: z.string().min(1).max(512).describe('Where the next cursor is in the page, for example meta.next; none ends it'),
    param: paramName
      .optional()
      .describe('Query parameter that takes the cursor; without it the cursor is the address of the next page'),
    items: itemsPath,
    maxPages,
  }),
  z.strictObject({
    kind: z.literal('page-number'),
    param: paramName.default('page'),
    start: z.int().min(0).max(1_000_000_000).default(1),
    items: itemsPath,
    maxPages,
  }),
]);
export type Pagination = z.infer<typeof Pagination>;

const usualMethods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] as const;
const otherMethods = [
  'QUERY',
  'SEARCH',
  'PROPFIND',
  'PROPPATCH',
  'REPORT',
  'MKCOL',
  'COPY',
  'MOVE',
  'LOCK',
  'UNLOCK',
  'PURGE',
] as const;

export const HttpRequestParams = z.strictObject({
  method: z.enum([...usualMethods, ...otherMethods]).default('GET'),
  url: z
    .string('must be text: the address, starting with http:// or https://')
    .trim()
    .min(1, 'must not be empty')
    .max(16_384)
    .describe('Address, starting with http:// or https://'),
  query: z
    .record(z.string().max(256), z.union([scalar, z.array(scalar).max(1_000)]))
    .optional()
    .describe('Query parameters; a list repeats its name, null leaves it out'),
  headers: z.record(z.string().min(1).max(256), scalar).optional().describe('Headers; null leaves one out'),
  body: anyJson('What to send. For JSON, the value itself rather than text of JSON', 'json').optional(),
  bodyType: z
    .enum(['json', 'form', 'text', 'binary', 'multipart'])
    .default('json')
    .describe('How the body is written. binary takes base64 text; a file of multipart is {base64, filename, contentType}'),
  followRedirects: z.boolean().default(true),
  pagination: Pagination.optional().describe('Fetches page after page; body is then the list of all items'),
  responseType: z
    .enum(['auto', 'json', 'text', 'binary'])
    .default('auto')
    .describe('How the answer is read; auto goes by its content type'),
  responseSchema: anyJson('JSON Schema that the answer must match', 'json').optional(),
  // more than a step's output may hold would be fetched in vain
  maxBytes: z
    .int()
    .min(1)
    .max(outputLimitBytes)
    .default(outputLimitBytes)
    .describe('Largest answer, in bytes after unpacking; 8 MiB at most, which is what a step can give'),
  failOnStatus: z.boolean().default(true).describe('Status 400 and above fails the step'),
});
export type HttpRequestParams = z.infer<typeof HttpRequestParams>;
