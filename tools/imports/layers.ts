/**
 * Who may import whom. A file belongs to the first layer whose folder it is in; it may import its own layer and those listed. `strangers`:
 * the folders inside the layer do not know each other either. Tests may also use any layer's `testing` folder.
 *
 * entry -> {adapters | ai | nodes | api -> app} -> shared/{engine -> graph, expression} -> shared/{ports, model}
 * {nodes | app} -> json-schema -> shared/model
 * {nodes | app} -> app/outgoing -> shared/{ports, model}
 * everyone but model and ports may price: -> shared/cost -> shared/model
 * adapters -> shared/documents (what every document store means by a path, a query, a write) -> shared/{ports, model}
 * web/app -> web/features -> web/{ui, lib} -> shared/{model, graph, expression}
 * {web | cli} -> client, which knows nothing but the OpenAPI document
 */
export type Layer = {
  readonly folder: string;
  readonly imports: readonly string[] | 'anything';
  readonly strangers?: boolean;
};

const model = 'shared/src/model';
const ports = ['shared/src/ports', model];
const language = ['shared/src/graph', 'shared/src/expression', ...ports];
const documents = ['shared/src/documents', ...ports];
const cost = 'shared/src/cost';
const core = ['shared/src/engine', cost, ...language];
const client = 'client/src';
const jsonSchema = 'functions/src/json-schema';
/** Requests over the guarded client in the form that libraries take. */
const outgoing = 'functions/src/app/outgoing';
const server = ['app', 'api', 'nodes', 'json-schema', 'adapters', 'adapters/embedded', 'adapters/gcp', 'ai', 'config'].map(
  (name) => `functions/src/${name}`,
);

export const layers: readonly Layer[] = [
  { folder: 'shared/src/model', imports: [] },
  { folder: 'shared/src/ports', imports: [model] },
  { folder: 'shared/src/documents', imports: ports },
  { folder: cost, imports: [model] },
  { folder: 'shared/src/expression', imports: ports },
  { folder: 'shared/src/graph', imports: ['shared/src/expression', ...ports] },
  { folder: 'shared/src/engine', imports: language },
  { folder: 'shared/src/import', imports: language },
  { folder: 'shared/src/testing', imports: [...documents, ...core] },
  { folder: jsonSchema, imports: [model] },
  /** Runs the engine in a world of its own: it brings the stores in memory. */
  { folder: 'functions/src/app/workflow-tests', imports: ['functions/src/app', jsonSchema, ...documents, ...core] },
  { folder: outgoing, imports: ports },
  { folder: 'functions/src/app', imports: [jsonSchema, outgoing, 'shared/src/import', ...core] },
  {
    folder: 'functions/src/api',
    imports: ['functions/src/app', 'functions/src/app/workflow-tests', 'shared/src/import', ...core],
  },
  { folder: 'functions/src/nodes', imports: [jsonSchema, outgoing, ...core], strangers: true },
  { folder: 'functions/src/ai', imports: core },
  { folder: 'functions/src/adapters/embedded', imports: ['functions/src/adapters', ...documents, ...core] },
  { folder: 'functions/src/adapters/gcp', imports: ['functions/src/adapters', ...documents, ...core] },
  { folder: 'functions/src/adapters', imports: core },
  { folder: 'functions/src/config', imports: [model] },
  { folder: 'functions/src/testing', imports: [...server, ...core, 'shared/src/testing'] },
  {
    folder: 'functions/src/simulator',
    imports: [...server, ...documents, ...core, 'shared/src/testing', 'functions/src/testing'],
  },
  /** Runs the whole of it: real processes of every kind, the emulators, and the simulator's reference to hold them against. */
  { folder: 'functions/src/testing/chaos', imports: 'anything' },
  { folder: 'functions/src/entry', imports: [...server, ...core] },
  { folder: 'web/src/lib', imports: [client, cost, ...language] },
  { folder: 'web/src/ui', imports: ['web/src/lib', cost, ...language] },
  { folder: 'web/src/features', imports: [client, 'web/src/ui', 'web/src/lib', cost, ...language], strangers: true },
  { folder: 'web/src', imports: [client, 'web/src/features', 'web/src/ui', 'web/src/lib', ...language] },
  { folder: 'web/e2e', imports: 'anything' },
  /** What it promises stands in its package; its tests hold it against the API itself. */
  { folder: client, imports: [] },
  { folder: 'client/tests', imports: 'anything' },
  { folder: 'cli/src', imports: ['shared/src/import', client, cost, ...language] },
  { folder: 'infra/emulators', imports: [] },
  { folder: 'infra/deploy', imports: [] },
  { folder: 'tools', imports: 'anything' },
  { folder: 'bench', imports: 'anything' },
  { folder: 'examples', imports: 'anything' },
];

/** Packages that only one folder may import, and why. */
export const onlyIn: readonly { readonly package: RegExp; readonly folders: readonly string[]; readonly why: string }[] = [
  { package: /^@langchain\//, folders: ['functions/src/ai'], why: 'LangChain and LangGraph stay behind functions/src/ai' },
  {
    package: /^node:/,
    folders: [
      'functions',
      'cli',
      'client/generate-types.ts',
      'client/build-package.ts',
      'tools',
      'bench',
      'examples',
      'infra',
      'web/e2e',
      'web/vite.config.ts',
      'shared/src/testing',
    ],
    why: 'shared and the console run in browsers, too',
  },
  {
    package: /^(@google-cloud\/(?!functions-framework)|firebase-admin|@grpc\/)/,
    folders: ['functions/src/adapters/gcp', 'infra/emulators', 'tools', 'bench'],
    why: 'Google clients stay behind functions/src/adapters/gcp',
  },
  { package: /^node:sqlite$/, folders: ['functions/src/adapters/embedded', 'bench'], why: 'one driver file talks to SQLite' },
];
