/** Arguments as use cases want them: what was left out or null is not there. */
export type Given<T> = { [K in keyof T]?: NonNullable<T[K]> };

export function given<T extends Readonly<Record<string, unknown>>>(args: T): Given<T> {
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value != null)) as Given<T>; // nulls are what was filtered out
}
