/** An enum's value inside (`timed-out`) of its name on the wire (`TIMED_OUT`). One rule for all of them. */
export function innerEnumValue(name: string): string {
  return name.toLowerCase().replaceAll('_', '-');
}
