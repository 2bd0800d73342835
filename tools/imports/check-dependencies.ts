/** Whether an install without development packages has all that running needs. Prints what it lacks; exit code 1 then. */
import { join } from 'node:path';
import { productionEntries, reachedPackages, undeclaredPackages } from './undeclared-packages.ts';

/** Behind the doors, in the processes of scripts, in the command and in the console: where one is not met, the look did not get that far. */
const surelyNeeded = [
  'hono',
  'graphql-yoga',
  'ws',
  'luxon',
  'quickjs-emscripten-core',
  'pyodide',
  'commander',
  'vite',
  'react',
  'graphiql',
];

const root = join(import.meta.dirname, '../..');
const reached = reachedPackages(root, productionEntries(root));
const met = new Set(reached.map(({ specifier }) => specifier));
const faults = [
  ...undeclaredPackages(root, reached),
  ...surelyNeeded.filter((name) => !met.has(name)).map((name) => `${name} was not met: is a way to its file unknown here?`),
];
console.log([...faults, `${met.size} packages, ${faults.length} faults`].join('\n'));
process.exitCode = faults.length > 0 ? 1 : 0;
