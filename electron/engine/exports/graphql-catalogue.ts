import { isoTimestamp } from '../../../shared/format/times.ts';
import type { Figures } from '../../../shared/contract/vendors.ts';
import { readEndpointName } from './endpoint-name.ts';
import type { Survey } from './survey.ts';
import { byText } from './survey.ts';

/** One operation of a document. */
export interface GraphqlOperation {
  kind: 'query' | 'mutation' | 'subscription';
  /** Null: it has none. */
  name: string | null;
}

/** What the documents of an endpoint’s newest calls say, beyond its name. */
export interface DocumentFacts {
  /** Fields at the root, by name. */
  rootFields: readonly string[];
}

/** Operations that an endpoint’s name says; null when it is no GraphQL. A batch has several; one by its hash says none. */
export function readGraphqlOperations(operation: string): GraphqlOperation[] | null {
  const parts = operation.split(' + ').filter((part) => part !== '…');
  const found = parts.map((part) => /^(query|mutation|subscription)(?: (\w+))?(?: \{.*\})?$/s.exec(part));
  if (found.every((one) => one !== null))
    return found.map(([, kind, name]) => ({ kind: kind as GraphqlOperation['kind'], name: name ?? null }));
  return null;
}

/** Whether an endpoint is GraphQL: by its operation, or by its path where that is known by a hash alone. */
export function isGraphqlEndpoint(endpoint: string | null): boolean {
  const name = endpoint === null ? null : readEndpointName(endpoint);
  if (name === null) return false;
  if (name.operation !== null && readGraphqlOperations(name.operation) !== null) return true;
  return /(?:^|[/.])(?:graphql|gql)(?:[/.]|$)/i.test(name.path);
}

/** Operations that were called, as JSON; equal content, equal bytes. Null: none was. */
export function writeGraphqlCatalogue(
  survey: Survey,
  facts: (host: string, endpoint: string) => DocumentFacts | null,
): string | null {
  const operations = survey.services.flatMap(({ id, vendor, endpoints }) =>
    endpoints.flatMap(({ host, endpoint, figures, firstSeen, lastSeen }) => {
      if (endpoint === null || !isGraphqlEndpoint(endpoint)) return [];
      const name = readEndpointName(endpoint)!;
      const read = name.operation === null ? null : readGraphqlOperations(name.operation);
      const apps = survey.rows.filter((row) => row.service.id === id && row.host === host && row.endpoint === endpoint);
      return [
        {
          vendor: vendor.id,
          service: id,
          host,
          path: name.path,
          endpoint,
          operations: read ?? [],
          persisted: /^persisted (\S+)$/.exec(name.operation ?? '')?.[1] ?? null,
          rootFields: facts(host, endpoint)?.rootFields ?? null,
          apps: apps.map(({ app }) => app),
          ...countsOf(figures),
          firstSeen: firstSeen === null ? null : isoTimestamp(firstSeen),
          lastSeen: lastSeen === null ? null : isoTimestamp(lastSeen),
        },
      ];
    }),
  );
  if (operations.length === 0) return null;
  const { since, until } = survey;
  return `${JSON.stringify(
    {
      format: 'sallyport-graphql-operations',
      version: 1,
      since: isoTimestamp(since),
      until: isoTimestamp(until),
      operations: operations.sort((a, b) => byText(a.host, b.host) || byText(a.endpoint, b.endpoint)),
    },
    null,
    2,
  )}\n`;
}

function countsOf({ calls, errors, failures, throttled, p50, p95 }: Figures): object {
  return { calls, errors, failures, throttled, p50Microseconds: p50, p95Microseconds: p95 };
}
