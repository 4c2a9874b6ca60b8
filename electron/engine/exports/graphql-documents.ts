import type { CallSummary } from '../../../shared/model/call-summary.ts';
import { readPairs } from '../../../shared/payload/pairs.ts';
import type { DocumentFacts } from './graphql-catalogue.ts';
import { isGraphqlEndpoint } from './graphql-catalogue.ts';
import { newestCalls } from './newest-calls.ts';
import type { SearchCalls } from './newest-calls.ts';
import { awaited, sampleBody } from './openapi/sample-bodies.ts';
import type { BodyReader } from './openapi/sample-bodies.ts';
import { byText } from './survey.ts';
import type { Survey } from './survey.ts';

const LOOKED_THROUGH = 5000;
const DOCUMENTS_OF_EACH = 5;
const LONGEST_DOCUMENT = 200_000;
const MOST_ROOT_FIELDS = 100;

/** Fields at the roots of the documents that newest calls sent, by host and endpoint. */
export function* readDocuments(
  reader: { search: SearchCalls; body: BodyReader },
  survey: Survey,
  app: string | undefined,
): Generator<void, (host: string, endpoint: string) => DocumentFacts | null> {
  const hosts = new Set(survey.rows.filter(({ endpoint }) => isGraphqlEndpoint(endpoint)).map(({ host }) => host));
  const found = new Map<string, { documents: number; roots: Set<string> }>();
  const key = (host: string, endpoint: string): string => JSON.stringify([host, endpoint]);
  if (hosts.size > 0) {
    const { parse } = yield* awaited(import('graphql'));
    const rootsOf = (document: string): string[] => {
      try {
        return parse(document, { noLocation: true, maxTokens: 20_000 }).definitions.flatMap((definition) =>
          definition.kind !== 'OperationDefinition'
            ? []
            : definition.selectionSet.selections.flatMap((field) => (field.kind === 'Field' ? [field.name.value] : [])),
        );
      } catch {
        return []; // not whole, or no GraphQL
      }
    };
    const { calls } = yield* newestCalls(reader.search, {
      hosts: [...hosts],
      app,
      since: survey.since,
      until: survey.until,
      most: LOOKED_THROUGH,
    });
    for (const call of calls) {
      if (call.endpoint === null || !isGraphqlEndpoint(call.endpoint)) continue;
      const one = found.get(key(call.host, call.endpoint)) ?? { documents: 0, roots: new Set<string>() };
      found.set(key(call.host, call.endpoint), one);
      if (one.documents >= DOCUMENTS_OF_EACH) continue;
      one.documents += 1;
      for (const document of yield* documentsOf(call, reader.body))
        for (const root of rootsOf(document)) if (one.roots.size < MOST_ROOT_FIELDS) one.roots.add(root);
      yield;
    }
  }
  return (host, endpoint) => {
    const one = found.get(key(host, endpoint));
    return one === undefined || one.roots.size === 0 ? null : { rootFields: [...one.roots].sort(byText) };
  };
}

function* documentsOf(call: CallSummary, read: BodyReader): Generator<void, string[]> {
  const body = yield* sampleBody(read, call.id, 'request');
  const sent: unknown[] = Array.isArray(body?.value) ? (body.value as unknown[]) : [body?.value];
  const documents = sent.flatMap((one) =>
    typeof one === 'object' && one !== null && 'query' in one && typeof one.query === 'string' ? [one.query] : [],
  );
  const inQuery = readPairs(call.query).flatMap(({ name, value }) => (name === 'query' ? [value] : []));
  return [...documents, ...inQuery].filter((document) => document.length <= LONGEST_DOCUMENT).slice(0, 10);
}
