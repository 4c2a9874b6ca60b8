/** What an endpoint is told from. */
export interface OperationHead {
  host: string;
  method: string;
  /** Without the query. */
  path: string;
  query: string;
  /** Header block as in shared/events, redacted. */
  requestLines: string;
}

/**
 * Names endpoints: method and path with what varies taken out, `POST /v1/charges/{id}`; and for APIs with the operation
 * elsewhere that too, after a space: `POST /graphql query GetUser`, `POST / DynamoDB_20120810.PutItem`, `POST /rpc eth_call`.
 * Learns which parts of a host's paths vary; online and bounded.
 */
export interface EndpointNamer {
  /** The name as it is known by what was learned so far. `body`: as much of the request's as there is, or null. */
  name(head: OperationHead, body: string | null): string;
  /**
   * Endpoints that were found to be one since this was asked last: every name in `from` counts as `to` now. Names only ever
   * become wider; a correction by people can make them narrower: a name that is one of its own again comes as a merge into itself, which takes back
   * what was said of it before.
   */
  takeMerges(): { host: string; from: string[]; to: string }[];
  /** What was learned, for the next start; null when nothing changed since it was asked last. */
  takeState(): string | null;
}
