/** npm run generate: docs/nodes.md from the manifests of the built-in node types, docs/errors.md from the catalogues. */
import { join } from 'node:path';
import { loadNodeTypes } from '../functions/src/adapters/node-types/load-node-types.ts';
import { renderErrorDocs } from './render-error-docs.ts';
import { renderNodeDocs } from './render-node-docs.ts';
import { root, writeGenerated } from './write-generated.ts';

const types = await loadNodeTypes({ folders: [join(root, 'functions/src/nodes')] });
await writeGenerated('docs/nodes.md', renderNodeDocs([...types.values()].map(({ manifest }) => manifest)));
await writeGenerated('docs/errors.md', renderErrorDocs());
