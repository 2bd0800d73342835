/**
 * Every error code that clients can meet: message template (`{name}` is filled from the error's context), HTTP status and whether
 * the same call can succeed later without a change. docs/errors.md is generated from this table.
 */
export type ErrorEntry = { readonly message: string; readonly status: number; readonly retryable: boolean };

const entry = (status: number, message: string, retryable = false): ErrorEntry => ({ message, status, retryable });

export const errorCatalogue = {
  INTERNAL: entry(500, 'Something failed on our side. Quote the request id when you report it.', true),
  MALFORMED_BODY: entry(400, 'The body could not be read: {reason}'),
  MALFORMED_REQUEST: entry(400, '{reason}'),
  UNSUPPORTED_MEDIA_TYPE: entry(415, 'Content type {contentType} is not accepted here. Send {expected}.'),
  BODY_TOO_LARGE: entry(413, 'The body is larger than {limitBytes} bytes.'),
  DOCUMENT_TOO_LARGE: entry(413, 'What would have to be stored as {path} is larger than {limitBytes} bytes.'),
  UNAUTHENTICATED: entry(401, 'Sign in or send a valid API key: {reason}'),
  ORGANIZATION_REQUIRED: entry(400, 'You are a member of several organizations. Say which one in the header X-Organization-Id.'),
  FORBIDDEN: entry(403, 'Your role {role} may not {action}.'),
  REGISTRATION_CLOSED: entry(403, 'This installation has an owner; registration is closed. Ask the owner for an account.'),
  NOT_FOUND: entry(404, 'There is no {what} {id} here.'),
  METHOD_NOT_ALLOWED: entry(405, 'Method {method} is not allowed here. Use {allowed}.'),
  CONFLICT: entry(409, '{reason}'),
  NAME_TAKEN: entry(409, 'A workflow named {name} exists already. Choose another name or update {id}.'),
  PRECONDITION_FAILED: entry(412, 'It has changed since you read it: read it again, and decide anew.'),
  VERSION_MISMATCH: entry(412, 'The workflow has changed since you read it: it is at version {current}.'),
  ALREADY_DECIDED: entry(409, 'This was decided already: {decision} by {by}.'),
  NOT_RETRYABLE_NOW: entry(409, 'Execution {id} cannot be retried: {reason}'),
  DEAD_LETTER_CLOSED: entry(409, 'Dead letter {id} was {status} already, by {by}.'),
  NOT_REDRIVABLE: entry(409, 'Dead letter {id} cannot be redriven: {reason}'),
  INVALID_DEFINITION: entry(422, 'The definition has {count} problem(s).'),
  INVALID_PARAMS: entry(422, '{reason}'),
  NOT_SUPPORTED_HERE: entry(422, '{what} is not made by this installation, but by {where}.'),
  NODE_TYPE_MISSING: entry(
    422,
    'This server lacks node types that the workflow needs: {types}. Install them, or publish a version without.',
  ),
  TRIGGER_REQUIRED: entry(422, 'The workflow has several triggers. Send triggerId, one of {choices}.'),
  TRIGGER_UNKNOWN: entry(422, 'The workflow has no trigger {triggerId} that is switched on. It has {choices}.'),
  IDEMPOTENCY_MISMATCH: entry(422, '{header} {key} was used before with another body.'),
  IDEMPOTENCY_BUSY: entry(409, 'The first request with Idempotency-Key {key} is still running. Try again later.', true),
  RATE_LIMITED: entry(429, 'Too many requests. Try again in {retryAfterSeconds} s.', true),
  STREAM_TOO_FAR_BEHIND: entry(
    410,
    'More than {most} changes came after the id to go on behind. Read the list again and follow from now.',
  ),
  TOO_MANY_SUBSCRIPTIONS: entry(429, 'A connection has at most {most} subscriptions. End one, or open another connection.'),
  UNAVAILABLE: entry(503, 'The service is not ready: {reason}', true),
  WEBHOOK_UNAUTHORIZED: entry(401, 'The webhook request could not be verified.'),
  EXECUTION_FAILED: entry(422, 'Execution {executionId} ended as {status}: {reason}'),
  WORKFLOW_INACTIVE: entry(404, 'No active workflow answers here.'),
  LINK_INVALID: entry(422, 'This {what} is not valid: it was used or revoked, or it has expired. Ask for a new one.'),
  QUOTA_EXCEEDED: entry(
    429,
    'The quota of the organization is used up: {used} of {limit} {what}. Try again in {retryAfterSeconds} s, or ask the owner of the installation for more.',
    true,
  ),
  QUOTA_REACHED: entry(
    422,
    'The organization has {used} of {limit} {what}. Delete some, or ask the owner of the installation for more.',
  ),
  BUDGET_EXCEEDED: entry(
    429,
    'The budget of {scope} is used up: {spent} of {budget} were spent in {month}. Raise it with PUT {path}, or wait for the next month.',
  ),
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errorCatalogue;
