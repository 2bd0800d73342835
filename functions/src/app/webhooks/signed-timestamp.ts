/** Epoch seconds in plain digits and nothing else, not further from now than the tolerance, either way. */
export function timestampWithin(text: string, toleranceSeconds: number, nowMs: number): boolean {
  if (!/^[1-9]\d{0,11}$/.test(text)) return false;
  return Math.abs(Math.floor(nowMs / 1_000) - Number(text)) <= toleranceSeconds;
}
