/** A failure whose message says all that a person needs; anything else is a bug and keeps its stack. */
export class LauncherError extends Error {}
