/** How a route says that it will go: Deprecation (RFC 9745), Sunset (RFC 8594) and a link to what takes its place. */

export type Deprecated = {
  /** The day, `2027-01-31`. */
  readonly since: string;
  /** From this day on it may be gone; at least twelve months after `since`. */
  readonly sunset: string;
  /** Path of what to call instead. */
  readonly instead?: string;
};

export function deprecationHeaders({ since, sunset, instead }: Deprecated): Readonly<Record<string, string>> {
  return {
    deprecation: `@${Date.parse(since) / 1_000}`,
    sunset: new Date(sunset).toUTCString(),
    ...(instead === undefined ? {} : { link: `<${instead}>; rel="successor-version"` }),
  };
}
