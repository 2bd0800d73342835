/** Google's clients are development packages: a bundle brings its own. */
const inFirestore = process.env.GOOGLE_CLOUD_PROJECT !== undefined;

/**
 * The npm scripts, each a file that Node 24 runs.
 * - `development`: needs what only tests, checks and benchmarks need, too.
 * - `console`: needs the web console built.
 * - `kind`: `server` is stopped by the launcher's signals and never outlives it; `foreground` shares the terminal with its caller.
 */
export const commands = {
  start: { entry: 'functions/src/entry/embedded.ts', development: false, console: true, kind: 'server' },
  cloud: { entry: 'tools/cloud/main.ts', development: true, console: true, kind: 'server' },
  bundle: { entry: 'tools/cloud/bundle.ts', development: true, console: false, kind: 'foreground' },
  automateos: { entry: 'cli/bin/automateos.mjs', development: false, console: false, kind: 'foreground' },
  migrate: { entry: 'functions/src/entry/migrate.ts', development: inFirestore, console: false, kind: 'foreground' },
  'reset-password': { entry: 'functions/src/entry/reset-password.ts', development: false, console: false, kind: 'foreground' },
  'rotate-keys': { entry: 'functions/src/entry/rotate-keys.ts', development: false, console: false, kind: 'foreground' },
  test: { entry: 'tools/test.ts', development: true, console: true, kind: 'foreground' },
  check: { entry: 'tools/check.ts', development: true, console: false, kind: 'foreground' },
  generate: { entry: 'tools/generate.ts', development: true, console: false, kind: 'foreground' },
  simulate: { entry: 'functions/src/simulator/main.ts', development: true, console: false, kind: 'foreground' },
  chaos: { entry: 'functions/src/testing/chaos/main.ts', development: true, console: false, kind: 'foreground' },
  bench: { entry: 'bench/main.ts', development: true, console: false, kind: 'foreground' },
};
