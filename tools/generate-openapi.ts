/** npm run generate: schema/generated/openapi.json, the document as a server of this version answers it at /openapi.json. */
import { createApiFixture } from '../functions/src/testing/api-fixture.ts';
import { writeGenerated } from './write-generated.ts';

const api = await createApiFixture();
const { body } = await api.call('GET', '/openapi.json');
const header = { 'x-generated': 'By `npm run generate` (tools/generate-openapi.ts). Do not edit.' };
await writeGenerated('schema/generated/openapi.json', `${JSON.stringify({ ...body, ...header }, null, 2)}\n`);
