/**
 * Every fault that the validation of a definition can find: code -> message template (`{name}` is filled in). docs/errors.md is generated
 * from this table. Faults of expressions have their codes in shared/src/expression.
 */
export const problemCatalogue = {
  NOT_AN_OBJECT: 'A definition is an object with name, nodes and edges; this is {actual}.',
  TOO_LARGE: 'The definition has more than {limit} bytes.',
  TOO_DEEP: 'The definition is nested more than {limit} levels deep.',
  TOO_MANY: 'There are {count} {what}; {limit} are allowed.',
  MORE_PROBLEMS: 'There are more problems than are listed here.',
  FORBIDDEN_KEY: 'The name {name} is not allowed here.',
  NOT_JSON: 'This is no JSON value: {actual}.',

  SYNTAX: 'Line {line}, column {column}: {reason}',
  DUPLICATE_KEY: 'The key {key} appears twice in one object (line {line}).',
  YAML_TAG: 'The tag {tag} (line {line}) is not known here; only plain YAML 1.2 is read.',
  YAML_MERGE_KEY: 'Merge keys (<<, line {line}) are not part of YAML 1.2. Write the keys out.',
  YAML_KEY: 'Keys are plain text; the one in line {line} is not.',
  YAML_ALIAS: 'The alias {alias} (line {line}) leads nowhere, or to something it is part of.',

  REQUIRED: '{name} is missing.',
  UNKNOWN_FIELD: 'There is no field {name} here.',
  WRONG_TYPE: 'This must be {expected}, but is {actual}.',
  NOT_ALLOWED: 'This must be one of {allowed}.',
  OUT_OF_RANGE: 'This must be {bound}.',
  WRONG_FORMAT: '{reason}',
  INVALID_VALUE: '{reason}',
  INVALID_JSON_SCHEMA: '{reason}',

  DUPLICATE_ID: 'The id {id} is taken by nodes[{first}].',
  UNKNOWN_NODE_TYPE: 'There is no node type {type}.',
  UNKNOWN_TYPE_VERSION: 'Node type {type} is at version {version} here.',
  UNKNOWN_PARAM: '{type} has no param {name}.',
  PARAM_REQUIRED: '{type} needs the param {name}.',
  NOT_AN_EXPRESSION: 'This is plain text, which is always the same. Put an expression in double braces.',
  TEMPLATE_NOT_ALLOWED: 'A trigger is set up before anything runs: no expression can stand here.',
  INVALID_CRON: '{reason}',
  INVALID_TIME_ZONE: 'There is no time zone {name}.',

  SECRET_REQUIRED: 'Write the {name} here, or give the node a credential that holds it.',
  SECRET_UNKNOWN: '*** stands for a secret that is stored already, but {id} has none here. Write it out, or name a credential.',

  CREDENTIAL_UNKNOWN: 'There is no credential {name} here. Create it, or name another one.',
  CREDENTIAL_KIND: 'The credential {name} is of kind {kind}; {type} takes {kinds}.',
  CREDENTIAL_NOT_TAKEN: '{type} takes no credential.',

  WEBHOOK_TAKEN: '{id} answers to {method} {path} already.',
  MISSING_TRIGGER: 'A workflow needs a trigger, for example trigger.manual or trigger.webhook.',
  UNKNOWN_NODE: 'There is no node {id}.',
  SELF_EDGE: 'An edge cannot lead from {id} to itself. Use flow.while to repeat steps.',
  DUPLICATE_EDGE: 'edges[{first}] is the same edge.',
  EDGE_INTO_TRIGGER: 'Nothing can lead into the trigger {id}: it starts executions.',
  UNKNOWN_PORT: 'Node {id} has no port {port}; it has {ports}.',
  CYCLE: 'These nodes wait for each other: {cycle}. Use flow.while to repeat steps.',
  UNREACHABLE: 'No trigger leads to {id}, so it would never run.',
  EDGE_CROSSES_CONTAINER: 'An edge cannot cross the border of a loop: {from} is {fromPlace}, {to} is {toPlace}.',
  FAN_OUT_TOO_LARGE:
    '{count} steps would start or be passed over at once here; {limit} are allowed. Use flow.for-each for many items.',

  UNKNOWN_PARENT: 'There is no node {id} to be the parent.',
  NOT_A_CONTAINER: '{id} ({type}) cannot hold other nodes; flow.for-each and flow.while can.',
  PARENT_CYCLE: 'These nodes hold each other: {cycle}.',
  EMPTY_CONTAINER: 'Nothing is inside {id}. Give the steps to repeat the parent {id}.',
  NESTED_TOO_DEEP: '{id} is inside {depth} loops; {limit} are allowed.',
  TRIGGER_IN_CONTAINER: 'A trigger cannot be inside a loop.',

  COMPENSATION_CONNECTED: '{id} undoes {of}, so no edge may lead to or from it.',
  COMPENSATION_SELF: 'A node cannot undo itself.',
  COMPENSATION_TYPE: '{id} ({type}) cannot undo a step: it must run on its own, without waiting or repeating.',
  COMPENSATION_SHARED: '{id} already undoes {of}. Give each step its own.',
  COMPENSATION_PLACE: '{id} must have the same parent as {of}, which it undoes.',

  SCRIPT_SYNTAX: '{reason} (line {line}, column {column})',
  RESPOND_MISSING:
    '{id} answers by a Respond step, but no way leads from it to one. Add flow.respond, or set respond to lastNode.',
  NOT_A_CALLBACK: '{id} ({type}) waits for no callback. Name a node of type flow.callback.',

  EXPRESSIONS_TOO_LARGE:
    'The expressions up to here have more than {limit} characters together. Move what is long into scripts, or part of the steps into a workflow of their own.',
  UNKNOWN_STEP: 'The expression refers to the step {id}, which does not exist.',
  STEP_NOT_BEFORE: '{id} cannot have run before this step: no way leads from it to here.',
  STEP_INSIDE_LOOP: '{id} runs inside {container}, many times perhaps. Refer to steps.{container}.output instead.',
  ITEM_OUTSIDE_LOOP: '{name} exists only {place}.',
} as const satisfies Record<string, string>;

export type ProblemCode = keyof typeof problemCatalogue;
