/**
 * What a node type is made of and what it is given. A folder functions/src/nodes/<type>/ exports `manifest` (manifest.ts) and, in
 * execute.ts, `evaluate` (pure), `execute` (effect) or nothing (control: the engine carries it out).
 */
import type { JsonObject, JsonValue } from '../model/json.ts';
import type { NodeManifest } from '../model/node-manifest.ts';
import type { HttpClient } from './http-client.ts';
import type { ScriptSandbox } from './script-sandbox.ts';

export type StepResult = {
  readonly output: JsonValue;
  /** The port to leave by; the default (first) port when absent, no port at all (nothing follows) when null. */
  readonly port?: string | null;
  /** flow.respond: what a waiting webhook caller gets. */
  readonly response?: { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: JsonValue };
};

export type PureContext = {
  readonly nodeId: string;
  /** Resolved and parsed by the manifest's schema. */
  readonly params: JsonObject;
  /** The execution's input. */
  readonly input: JsonValue;
  /** Outputs of the steps whose edges were taken into this node, in edge order. */
  readonly arrived: readonly { readonly nodeId: string; readonly output: JsonValue }[];
};

/** What a credential adds to an HTTP request. */
export type CredentialRequest = {
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
};

export type StepCredential = {
  readonly kind: string;
  readonly data: JsonObject;
  /** Null for kinds that no HTTP request carries. */
  readonly request: CredentialRequest | null;
  /**
   * Its secret values in any spelling become `[secret:name]`. What a step returns, logs or throws is masked in any case; a node type masks by
   * itself only what it looks into or turns into something else.
   */
  maskText(text: string): string;
  maskBytes(bytes: Uint8Array): Uint8Array;
};

export type StepContext = {
  readonly org: string;
  readonly executionId: string;
  readonly workflowId: string;
  readonly nodeId: string;
  /** Resolved and parsed by the manifest's schema. */
  readonly params: JsonObject;
  /** The same for every attempt of this step and generation; no other step has it. */
  readonly idempotencyKey: string;
  /** 1 for the first try. */
  readonly attempt: number;
  /** Aborts on timeout, cancel and shutdown. */
  readonly signal: AbortSignal;
  /** Decrypted credential the node refers to; null without one. Never put it into output, errors or logs. */
  readonly credential: StepCredential | null;
  /** The only way out: guarded against private and metadata addresses, and against hosts that the credential may not be sent to. */
  readonly http: HttpClient;
  readonly sandbox: ScriptSandbox;
  /**
   * What a script sees by name: input, steps (outputs of the earlier steps that the code names), item, index, vars, execution.
   * Empty for node types without `rawParams`.
   */
  readonly globals: JsonObject;
  /** A line in the step's log (16 KiB in all are kept inline). */
  log(level: 'debug' | 'info' | 'warn' | 'error', message: string): void;
};

export type Evaluate = (context: PureContext) => StepResult;
export type Execute = (context: StepContext) => Promise<StepResult>;

export type NodeType =
  | { readonly kind: 'pure'; readonly manifest: NodeManifest; readonly evaluate: Evaluate }
  | { readonly kind: 'effect'; readonly manifest: NodeManifest; readonly execute: Execute }
  | { readonly kind: 'control'; readonly manifest: NodeManifest };

/** The node types of this process, by type name. */
export type NodeTypes = ReadonlyMap<string, NodeType>;
