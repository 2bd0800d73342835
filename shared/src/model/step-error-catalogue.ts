/**
 * Codes of step errors (model/step-error.ts) and what they mean to whoever reads an execution. Messages are worded where the error
 * happens, with the values at hand. docs/errors.md is generated from this table, and a test holds it against the sources.
 * flow.fail and scripts of a workflow's author add codes of their own.
 */
export const stepErrorCatalogue = {
  NODE_FAILED: 'The node type threw an error that it has no code for.',
  PARAMS_INVALID: 'With its expressions evaluated, a param does not fit the node type. The details name each fault.',
  FAILED: 'A flow.fail step without a code of its own, or an execution that was made to fail.',
  TIMEOUT: 'The step took longer than its timeoutMs.',
  EXECUTION_TIMEOUT: 'The execution took longer than settings.timeoutMs.',
  CANCELLED: 'The execution was cancelled while the step ran.',
  ABORTED: 'The server was shut down while the step ran; another attempt follows.',
  CRASHED: 'The process died several times in a row while it ran this step. A dead letter tells which.',
  MOCK_MISSING: 'In a workflow test: a step or a request that would reach out, and no mock of the test stands for it.',
  MOCKED: 'In a workflow test: a mock fails the step, without a code of its own.',
  STOPPED: "A flow.fail step that was n8n's Stop and Error.",
  RAISED: 'A flow.fail step that was a raise of Google Cloud Workflows.',
  NOT_CAUGHT: 'A flow.fail step of an imported state machine: the error is none that the Catch of the state names.',
  NO_CHOICE_MATCHED: 'A flow.fail step of an imported state machine: no rule of a Choice state without a default holds.',
  INTERRUPTED:
    'The process died while a step with delivery: at-most-once ran. Whether it took effect is unknown; it is not repeated.',
  OUTPUT_TOO_LARGE: 'The output, or the outputs of a loop together, are larger than a step may hand on.',
  ITERATION_LIMIT: 'A flow.while has run maxIterations rounds and its condition still holds.',
  CALL_TOO_DEEP: 'Workflows call each other too many levels deep, perhaps in a circle.',
  WORKFLOW_NOT_FOUND: 'flow.call names a workflow that does not exist, or that has no version to run.',
  NODE_TYPE_MISSING: 'flow.call names a workflow with node types that this server lacks.',
  CREDENTIAL_NOT_FOUND: 'The node names a credential that does not exist here.',
  CREDENTIAL_INVALID: 'The credential lacks a field that its kind needs.',
  CREDENTIAL_HOST_REFUSED: 'The step would reach a host that its credential may not be sent to.',
  CREDENTIAL_EXPIRED: 'A person has to authorize the credential (again): its tokens have ended, or were revoked.',
  CREDENTIAL_REFUSED: 'The authorization server gives no token: the message says what it answers.',
  CREDENTIAL_UNAVAILABLE: 'The authorization server does not give a token now; another attempt follows.',
  INPUT_INVALID: "The input does not fit the workflow's inputs schema.",

  EXPRESSION_SYNTAX: 'The text in braces is no expression. Saving a workflow finds this first.',
  UNKNOWN_NAME: 'An expression uses a name that does not exist. Saving a workflow finds this first.',
  EXPRESSION_FAILED: 'An expression threw an error. The message has the expression, the position and the shape of the value.',
  EXPRESSION_TIMEOUT: 'An expression took too long to compute.',
  EXPRESSION_MEMORY: 'An expression needed too much memory.',
  EXPRESSION_OUTPUT_TOO_LARGE: 'The value of an expression is too large.',

  HTTP_STATUS: 'The answer has a status of 400 or above and failOnStatus is on. The details have status, headers and body.',
  HTTP_NETWORK: 'No answer came: the name did not resolve, the connection was refused or broke.',
  HTTP_TIMEOUT: 'The exchange took longer than the timeout.',
  URL_INVALID: 'The address is no http or https URL.',
  REQUEST_INVALID: 'The request cannot be sent as it is: method, headers or body are not valid.',
  HEADER_REFUSED: 'A header that the platform sets itself, or that may not be set.',
  EGRESS_REFUSED:
    'The address is private, loopback or otherwise not public, and the operator has not allowed it (AUTOMATEOS_EGRESS_ALLOW).',
  TOO_MANY_REDIRECTS: 'The answer redirects again and again.',
  RESPONSE_TOO_LARGE: 'The answer is larger than maxBytes.',
  RESPONSE_INVALID: 'The answer is not what it says it is, or does not fit responseSchema.',

  MCP_FAILED:
    'The MCP server refused the call or does not speak the protocol: no such tool, arguments that do not fit, an error status.',
  MCP_TOOL_FAILED: 'The tool of the MCP server ran and answered that it failed. The message has what it said.',

  SCRIPT_FAILED: 'The script threw an error; the message has the line.',
  SCRIPT_TIMEOUT: 'The script took longer than its timeoutMs.',
  SCRIPT_MEMORY: 'The script needed too much memory.',
  SCRIPT_OUTPUT_TOO_LARGE: "The script's result or its printed lines are too large.",
  SCRIPT_UNAVAILABLE: 'This server cannot run such scripts safely, so it does not run them.',
} as const satisfies Record<string, string>;
