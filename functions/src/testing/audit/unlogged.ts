/**
 * What changes something, or may look like it, and has no line in the audit log when it succeeds: each with its reason. Whatever else is
 * neither GET nor in here must have one.
 */
export const unlogged: Readonly<Record<string, string>> = {
  // nothing is changed
  validateWorkflow: 'looks only',
  estimateWorkflow: 'looks only',
  runWorkflowTests: 'runs beside everything, with answers that are made up',
  previewInvitation: 'looks only',
  testCredential: 'tries it, and changes nothing',
  testCredentials: 'tries what is not stored',
  testUnsavedCredential: 'tries what is not stored',
  createLiveTicket: 'is worth a minute of what its holder may read anyway',
  // the thing itself says who, when and from what, and there are too many of them
  startExecution: 'the execution says who started it',
  sendEvent: 'the executions that it starts say by what',
  answerCallback: 'whoever holds the address; the step has the answer',
  // of nobody who is known yet, or written elsewhere
  login: 'the list of sessions has it, with address and time; failed ones are counted by the throttle',
  register: 'is closed here; the line of the organization that it makes or joins is in the commit of the account (register.ts)',
  requestPasswordReset: 'anybody may ask: the answer and what is stored tell nothing of whether there is such an account',
  requestEmailVerification: 'sends mail to the account itself',
  verifyEmail: 'takes a link that goes out by mail; its line of the account is in the commit (verify-email.ts)',
};

/** Work that is no commit of its own: its line is written before it begins. */
export const loggedAhead: ReadonlySet<string> = new Set(['pruneStorage', 'backUp', 'rotateKeys']);

/** Their line has no digests: what they make is not what they name. */
export const withoutDigests: ReadonlySet<string> = new Set([
  ...loggedAhead,
  ...['forkExecution', 'authorizeCredential', 'createPasswordResetLink', 'testWebhookEndpoint', 'replayWebhookDelivery'],
  ...['replayWebhookDeliveries', 'redriveDeadLetter', 'redriveDeadLetters'],
  // of an account: passwords and sessions, which have no state that is shown
  ...['logout', 'endSession', 'endSessions', 'changePassword', 'resetPassword'],
]);
