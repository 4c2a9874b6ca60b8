import { isoTimestamp } from '../../../../shared/format/times.ts';
import { countOf } from '../../../../shared/format/quantities.ts';
import type { SurveyedService } from '../survey.ts';
import { byText } from '../survey.ts';
import type { Operation, QueryKind } from './operations.ts';
import { BODIES_OF_EACH } from './operations.ts';
import { isPlainName, schemaOf } from './schema.ts';
import type { Inference } from './shape.ts';

/** The rest of what a document says, beside its operations. */
export interface OpenApiFacts {
  since: number;
  until: number;
  servers: readonly string[];
  /** Versions of the API that were asked for. */
  versions: readonly string[];
  /** Calls whose bodies were read. */
  sampled: number;
  /** Endpoints that OpenAPI cannot say. */
  left: readonly string[];
}

const MOST_SERVERS = 20;
const MOST_NAMED = 20;
/** A query parameter that was in all of so many calls is required. */
const REQUIRED_FROM = 5;

/** OpenAPI 3.1 of one API as it was used. No text of a call is in it; see `schemaOf`. */
export function writeOpenApi(service: SurveyedService, operations: readonly Operation[], facts: OpenApiFacts): string {
  const schemes = new Map(operations.flatMap((one) => [...one.schemes]));
  const paths = new Map<string, Record<string, object>>();
  const spelled = new Map<string, string>();
  for (const operation of operations.toSorted((a, b) => byText(a.path, b.path) || byText(a.method, b.method))) {
    const shape = operation.path.replace(/\{[^{}]*\}/g, '{}');
    const { path, names } = nameParameters(spelled.get(shape) ?? operation.path);
    spelled.set(shape, spelled.get(shape) ?? operation.path);
    const item = paths.get(path) ?? {};
    item[operation.method] = describeOperation(operation, names);
    paths.set(path, item);
  }
  const document = {
    openapi: '3.1.0',
    info: {
      title: `${service.vendor.name}: ${service.name}, as it is used here`,
      version: facts.versions.length === 1 ? facts.versions[0] : 'unknown',
      description: descriptionOf(service, facts),
    },
    servers: facts.servers.slice(0, MOST_SERVERS).map((url) => ({ url })),
    paths: Object.fromEntries(paths),
    ...(schemes.size > 0 && {
      components: { securitySchemes: Object.fromEntries([...schemes].sort(([a], [b]) => byText(a, b))) },
    }),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function descriptionOf({ figures }: SurveyedService, { since, until, sampled, left, versions }: OpenApiFacts): string {
  return [
    `Inferred by Sallyport from ${countOf(figures.calls, 'call')} between ${isoTimestamp(since)} and ${isoTimestamp(until)}; bodies of ${countOf(sampled, 'call')} were read, at most the newest ${BODIES_OF_EACH} of each endpoint and status.`,
    'It is what was seen, not what the vendor promises: operations, parameters, fields and answers that no call had are missing, what was always there may be optional, and texts may have more forms. Secrets were redacted before bodies were kept; no text of a body is in here.',
    ...(versions.length > 1 ? [`Versions asked for: ${versions.join(', ')}.`] : []),
    ...(left.length > 0 ? [`Left out, because OpenAPI cannot say it or nobody could read it: ${shorten(left)}.`] : []),
  ].join('\n\n');
}

function describeOperation(operation: Operation, names: readonly string[]): object {
  const { operations, schemes, withoutCredential, calls, sampled } = operation;
  const security = [
    ...[...schemes.keys()].sort(byText).map((name) => ({ [name]: [] })),
    ...(withoutCredential > 0 && schemes.size > 0 ? [{}] : []),
  ];
  const parameters = [
    ...names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
    ...queryParameters(operation),
  ];
  const body = requestBodyOf(operation);
  return {
    summary: `${countOf(calls, 'call')}, ${sampled} looked at`,
    ...(operations.length > 0 && { description: `Operations: ${shorten(operations.toSorted(byText))}.` }),
    ...(parameters.length > 0 && { parameters }),
    ...(body !== null && { requestBody: body }),
    responses: responsesOf(operation),
    ...(security.length > 0 && { security }),
  };
}

/** `/v1/{id}/items/{id}` → `/v1/{id}/items/{id2}`: a name may be there once. */
function nameParameters(path: string): { path: string; names: string[] } {
  const names: string[] = [];
  const spelled = path.replace(/\{([^{}]*)\}/g, (_, said: string) => {
    const name = said.replace(/[^A-Za-z0-9_.-]/g, '') || 'part';
    let unique = name;
    for (let count = 2; names.includes(unique); count += 1) unique = `${name}${count}`;
    names.push(unique);
    return `{${unique}}`;
  });
  return { path: spelled, names };
}

/** Places of credentials are in the security schemes; names that read like data are left out. */
function queryParameters({ query, sampled, schemes }: Operation): object[] {
  const secrets = new Set([...schemes.values()].flatMap((one) => (one.in === 'query' ? [one.name] : [])));
  return [...query]
    .filter(([name]) => isPlainName(name) && !secrets.has(name.toLowerCase()))
    .sort(([a], [b]) => byText(a, b))
    .map(([name, { present, kinds }]) => ({
      name,
      in: 'query',
      required: present === sampled && sampled >= REQUIRED_FROM,
      schema: { type: typeOf(kinds) },
    }));
}

function typeOf(kinds: ReadonlySet<QueryKind>): QueryKind {
  const [only] = kinds;
  if (kinds.size === 1 && only !== undefined) return only;
  return kinds.size > 0 && [...kinds].every((kind) => kind === 'integer' || kind === 'number') ? 'number' : 'string';
}

function requestBodyOf({ requests, requestBodies, sampled, method }: Operation): object | null {
  if (requests.size === 0 || method === 'trace') return null;
  return { required: requestBodies === sampled && sampled > 1, content: contentOf(requests) };
}

function responsesOf({ responses }: Operation): object {
  if (responses.size === 0) return { default: { description: 'No answer was looked at.' } };
  return Object.fromEntries(
    [...responses]
      .sort(([a], [b]) => a - b)
      .map(([status, contents]) => [
        String(status),
        { description: `Answered with ${status}.`, ...(contents.size > 0 && { content: contentOf(contents) }) },
      ]),
  );
}

function contentOf(contents: ReadonlyMap<string, Inference | null>): object {
  return Object.fromEntries(
    [...contents]
      .sort(([a], [b]) => byText(a, b))
      .map(([type, inference]) => [type, inference === null ? {} : { schema: schemaOf(inference.shape) }]),
  );
}

function shorten(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMED).join(', ');
  return names.length > MOST_NAMED ? `${shown} and ${names.length - MOST_NAMED} more` : shown;
}
