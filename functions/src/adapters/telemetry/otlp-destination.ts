/** Where spans or metrics go, over OTLP/HTTP. */
export type Destination = {
  /** The signal's own address: `https://collector.example/v1/traces`. */
  readonly url: string;
  /** A function where a token has to be fetched and renewed; it must not throw. */
  readonly headers: Record<string, string> | (() => Promise<Record<string, string>>);
};
