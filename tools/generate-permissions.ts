/** npm run generate: docs/permissions.md from the one table of permissions and the routes that ask for each. */
import { createApiFixture } from '../functions/src/testing/api-fixture.ts';
import { renderPermissionDocs, routesOf } from './render-permission-docs.ts';
import { writeGenerated } from './write-generated.ts';

const api = await createApiFixture();
const { body } = await api.call('GET', '/openapi.json');
await writeGenerated('docs/permissions.md', renderPermissionDocs(routesOf(body)));
