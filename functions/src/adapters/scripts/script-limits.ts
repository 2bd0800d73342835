/** The bounds of scripts, in one place. Documented in docs/expressions.md. */
export const scriptLimits = {
  codeChars: 262_144,
  /** Characters of the globals as JSON. */
  inputChars: 16_777_216,
  /** Characters of the result as JSON. */
  outputChars: 4_194_304,
  /** Characters of all log lines. */
  logChars: 16_384,
  /** Bytes of one message of a child, before it is killed. */
  messageBytes: 20_971_520,
  javascriptMemoryBytes: 67_108_864,
  pythonMemoryBytes: 268_435_456,
  /** Resident memory of a child, before it is killed. */
  residentBytes: 805_306_368,
  startMs: 30_000,
} as const;
