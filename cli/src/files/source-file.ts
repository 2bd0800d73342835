/**
 * A workflow as it stands in a file: the text is sent as it is, so that YAML keeps its comments; the parsed tree is only for finding its
 * name, comparing it and placing problems. One YAML stream may hold several workflows.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '@automateos/shared/model/json';
import { type Document, parseAllDocuments } from 'yaml';
import type { PlacedProblem } from '../output/render-problems.ts';
import { createPlacer } from './place-problem.ts';

export type SourceWorkflow = {
  readonly kind: 'workflow';
  /** As it is shown: relative to the working directory, `-` for stdin. */
  readonly file: string;
  readonly name: string;
  readonly definition: JsonObject;
  readonly text: string;
  readonly type: 'application/json' | 'application/yaml';
  /** Adds file, line and column to a problem whose path is within the definition. */
  readonly place: (problem: PlacedProblem) => PlacedProblem;
};

export type BrokenSource = { readonly kind: 'broken'; readonly file: string; readonly problems: readonly PlacedProblem[] };
/** Readable, but no workflow: a folder holds other files too. */
export type OtherSource = { readonly kind: 'other'; readonly file: string };
export type Source = SourceWorkflow | BrokenSource | OtherSource;

const maxBytes = 1_048_576;

export function parseSource(file: string, text: string): Source[] {
  if (Buffer.byteLength(text) > maxBytes) return [broken(file, 'BODY_TOO_LARGE', 'The file is larger than 1 MiB.')];
  const isJson = /^\s*[{[]/.test(text);
  const parsed = parseAllDocuments(text, { prettyErrors: true, uniqueKeys: true, logLevel: 'silent' });
  const documents: Document.Parsed[] = Array.isArray(parsed) ? parsed : [];
  if (documents.length === 0) return [{ kind: 'other', file }];
  return documents.map((document) => readDocument({ file, text, document, isJson, only: documents.length === 1 }));
}

type Reading = {
  readonly file: string;
  readonly text: string;
  readonly document: Document.Parsed;
  readonly isJson: boolean;
  readonly only: boolean;
};

function readDocument({ file, text, document, isJson, only }: Reading): Source {
  const faults = document.errors.map((error) => {
    const [at] = error.linePos ?? [];
    const [message = ''] = error.message.split(/ at line \d+/);
    return { file, ...(at === undefined ? {} : { line: at.line, column: at.col }), path: '', code: 'MALFORMED_BODY', message };
  });
  if (faults.length > 0) return { kind: 'broken', file, problems: faults };
  let tree: JsonValue;
  try {
    tree = document.toJS({ maxAliasCount: 100 }) as JsonValue; // What the core schema yields is JSON, but for dates and maps with odd keys: the server decides.
  } catch (error) {
    return broken(file, 'MALFORMED_BODY', error instanceof Error ? error.message : 'The file cannot be read.');
  }
  if (!isJsonObject(tree) || !Array.isArray(tree.nodes)) return { kind: 'other', file };
  const [start, , end] = document.range;
  return {
    kind: 'workflow',
    file,
    name: typeof tree.name === 'string' ? tree.name.trim() : '',
    definition: tree,
    text: only ? text : text.slice(start, end),
    type: isJson && only ? 'application/json' : 'application/yaml',
    place: createPlacer(file, text, document),
  };
}

function broken(file: string, code: string, message: string): BrokenSource {
  return { kind: 'broken', file, problems: [{ file, path: '', code, message }] };
}
