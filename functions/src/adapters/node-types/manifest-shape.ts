/**
 * Checks what a node folder exports as `manifest` before anything relies on it: node types also come from the operator's folders and
 * from packages. There `params` may be plain JSON Schema, so that such a type needs no dependency at all.
 */
import type { NodeManifest } from '@automateos/shared/model/node-manifest';
import { z } from 'zod';

/** Recognised by its shape, not by instanceof: a package may bring its own copy of zod. */
const zodSchema = z.custom<z.ZodType>(
  (value) => typeof value === 'object' && value !== null && '_zod' in value && 'safeParse' in value,
  'is a zod schema or a JSON Schema',
);

const schema = z.union([zodSchema, z.record(z.string(), z.json()).transform((plain, context) => fromPlain(plain, context))]);

const portName = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'is a port name: letters, digits, _ and -');
const names = z.array(z.string().min(1).max(128));

const placement = z.intersection(
  z.union([
    z.object({ in: z.enum(['header', 'query']), name: z.string().min(1), value: z.string().min(1) }),
    z.object({ in: z.literal('basic'), user: z.string().min(1), password: z.string().min(1) }),
  ]),
  z.object({ when: z.strictObject({ field: z.string(), is: z.string() }).optional(), optional: z.boolean().optional() }),
);

const credentialType = z.strictObject({
  kind: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, 'is lower case with digits and -, as in http-bearer'),
  title: z.string().min(1).max(100),
  description: z.string().min(1).max(2_000),
  data: schema,
  secretFields: names,
  request: z.array(placement).max(20),
  hosts: names.max(50),
  grant: z.enum(['authorization-code', 'client-credentials', 'service-account']).optional(),
  test: z
    .strictObject({ method: z.enum(['GET', 'POST']), url: z.string().min(1).max(2_048), trueField: z.string().optional() })
    .optional(),
});

export const ManifestShape = z.strictObject({
  type: z
    .string()
    .regex(/^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+$/, 'is lower case with a dot between group and name, as in http.request')
    .max(128),
  version: z.int().min(1),
  title: z.string().min(1).max(100),
  description: z.string().min(1).max(2_000),
  icon: z.string().min(1).max(64),
  kind: z.enum(['trigger', 'integration', 'flow', 'data', 'script', 'human', 'ai']),
  params: schema,
  output: schema.optional(),
  ports: z.union([z.array(portName), z.custom<(params: unknown) => readonly string[]>((value) => typeof value === 'function')]),
  effect: z.enum(['pure', 'effect', 'control']),
  pool: z.enum(['branches', 'branches-ai', 'branches-heavy']),
  container: z.boolean().optional(),
  lazyParams: names.optional(),
  rawParams: names.optional(),
  retry: z
    .strictObject({
      maxAttempts: z.int().min(1),
      initialMs: z.int().min(0),
      factor: z.number().min(1),
      maxMs: z.int().min(0),
      jitter: z.boolean(),
      on: z.array(z.enum(['network', '429', '5xx', 'timeout', 'any'])),
    })
    .optional(),
  defaultTimeoutMs: z.int().min(1).optional(),
  credentialKinds: names.optional(),
  credentialTypes: z.array(credentialType).max(20).optional(),
  sample: z.strictObject({ params: z.record(z.string(), z.json()), output: z.json().optional() }).optional(),
});

/** The manifest, or what is wrong with it in one line. */
export function checkManifest(
  exported: unknown,
): { readonly ok: true; readonly manifest: NodeManifest } | { readonly ok: false; readonly reason: string } {
  if (exported === undefined) return { ok: false, reason: 'manifest.ts exports no `manifest`' };
  const parsed = ManifestShape.safeParse(exported);
  if (!parsed.success) {
    return {
      ok: false,
      reason: parsed.error.issues.map((issue) => `manifest.${issue.path.join('.')}: ${issue.message}`).join('; '),
    };
  }
  // The shape is NodeManifest's; zod writes optional fields as `| undefined`, which exactOptionalPropertyTypes tells apart.
  return { ok: true, manifest: parsed.data as NodeManifest };
}

function fromPlain(plain: Record<string, unknown>, context: z.RefinementCtx): z.ZodType {
  try {
    return z.fromJSONSchema(plain);
  } catch (error) {
    context.addIssue({
      code: 'custom',
      message: `is no usable JSON Schema: ${error instanceof Error ? error.message : String(error)}`,
    });
    return z.NEVER;
  }
}
