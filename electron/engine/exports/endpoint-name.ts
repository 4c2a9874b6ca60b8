/** The parts of an endpoint’s name as it is recorded: `POST /graphql query GetUser`. */
export interface EndpointName {
  method: string;
  /** With placeholders, `/v1/charges/{id}`. */
  path: string;
  /** What the path does not say: `query GetUser`; null without. */
  operation: string | null;
}

/** Null for what is no name of method and path. */
export function readEndpointName(name: string): EndpointName | null {
  const [, method, path, operation] = /^(\S+) (\/\S*)(?: (.+))?$/s.exec(name) ?? [];
  if (method === undefined || path === undefined) return null;
  return { method, path, operation: operation ?? null };
}
