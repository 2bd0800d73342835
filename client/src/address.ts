/** Addresses of the REST interface with their parameters filled in: the compiler knows which there are and what each needs. */
import type { paths } from './generated/openapi.ts';

export type Path = keyof paths;

/** The names in braces. */
type ParamOf<P extends string> = P extends `${string}{${infer Name}}${infer Rest}` ? Name | ParamOf<Rest> : never;

type Filled<P extends string> = [ParamOf<P>] extends [never] ? [] : [params: Readonly<Record<ParamOf<P>, string | number>>];

/** `addressOf('/v1/workflows/{id}', { id })`; each value is one segment, whatever is in it. */
export function addressOf<P extends Path>(path: P, ...[params]: Filled<P>): string {
  const values: Readonly<Record<string, string | number>> = params ?? {};
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values[name])));
}
