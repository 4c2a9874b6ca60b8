import type { CallSummary } from '../../../../shared/model/call-summary.ts';
import { readPairs } from '../../../../shared/payload/pairs.ts';
import { readEndpointName } from '../endpoint-name.ts';
import type { SurveyedService } from '../survey.ts';
import { sampleBody } from './sample-bodies.ts';
import type { BodyReader, SampledBody } from './sample-bodies.ts';
import { schemeOf } from './security.ts';
import type { SecurityScheme } from './security.ts';
import { createInference } from './shape.ts';
import type { Inference, Room } from './shape.ts';

/** By media type; null: no body of it could be read. */
type Contents = Map<string, Inference | null>;

/** One method of one path, with all that its sampled calls had in common. */
export interface Operation {
  method: string;
  /** As the first endpoint has it. */
  path: string;
  /** Of the span. */
  calls: number;
  /** What the path does not say, by name: GraphQL operations, RPC methods. */
  operations: string[];
  sampled: number;
  query: Map<string, { present: number; kinds: Set<QueryKind> }>;
  requests: Contents;
  requestBodies: number;
  /** By status. */
  responses: Map<number, Contents>;
  schemes: Map<string, SecurityScheme>;
  withoutCredential: number;
}

export type QueryKind = 'integer' | 'number' | 'boolean' | 'string';

/** The newest calls of each endpoint and status whose bodies are read. */
export const BODIES_OF_EACH = 20;
const BODIES_IN_ALL = 2000;
const PLACES_IN_ALL = 100_000;

/** Operations of a service by path and method, without what calls tell of them. */
export function listOperations({ endpoints }: SurveyedService): { operations: Map<string, Operation>; left: string[] } {
  const operations = new Map<string, Operation>();
  const left = new Set<string>();
  for (const { endpoint, figures, host } of endpoints) {
    const name = endpoint === null ? null : readEndpointName(endpoint);
    if (name === null || !METHODS.has(name.method.toLowerCase())) {
      left.add(endpoint ?? host);
      continue;
    }
    const key = keyOf(name.method, name.path);
    let operation = operations.get(key);
    if (operation === undefined)
      operations.set(
        key,
        (operation = {
          method: name.method.toLowerCase(),
          path: name.path,
          calls: 0,
          operations: [],
          sampled: 0,
          query: new Map(),
          requests: new Map(),
          requestBodies: 0,
          responses: new Map(),
          schemes: new Map(),
          withoutCredential: 0,
        }),
      );
    operation.calls += figures.calls;
    if (name.operation !== null && !operation.operations.includes(name.operation))
      operation.operations.push(name.operation);
  }
  return { operations, left: [...left] };
}

/** Adds what calls, the newest first, tell of operations. */
export function* addCalls(
  operations: ReadonlyMap<string, Operation>,
  calls: readonly CallSummary[],
  read: BodyReader,
): Generator<void, number> {
  const taken = new Map<string, number>();
  const room: Room = { places: PLACES_IN_ALL };
  let sampled = 0;
  for (const call of calls) {
    const name = call.endpoint === null ? null : readEndpointName(call.endpoint);
    const operation = name && operations.get(keyOf(name.method, name.path));
    if (!operation) continue;
    // Operations that share a path have bodies of their own.
    const key = `${call.endpoint} ${call.status}`;
    const before = taken.get(key) ?? 0;
    if (before >= BODIES_OF_EACH || sampled >= BODIES_IN_ALL) continue;
    taken.set(key, before + 1);
    sampled += 1;
    operation.sampled += 1;
    addHead(operation, call);
    const request = yield* sampleBody(read, call.id, 'request');
    if (request !== null) {
      operation.requestBodies += 1;
      addBody(operation.requests, request, room);
    }
    const response = yield* sampleBody(read, call.id, 'response');
    if (call.status !== null && call.status >= 100 && call.status <= 599) {
      let contents = operation.responses.get(call.status);
      if (contents === undefined) operation.responses.set(call.status, (contents = new Map()));
      if (response !== null) addBody(contents, response, room);
    }
    yield;
  }
  return sampled;
}

const METHODS = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']);

/** Paths that differ in the names of placeholders alone are one to OpenAPI. */
function keyOf(method: string, path: string): string {
  return `${method.toLowerCase()} ${path.replace(/\{[^{}]*\}/g, '{}')}`;
}

function addHead(operation: Operation, call: CallSummary): void {
  const scheme = schemeOf(call);
  if (scheme === null) operation.withoutCredential += 1;
  else operation.schemes.set(scheme.name, scheme.scheme);
  const pairs = Map.groupBy(readPairs(call.query), ({ name }) => name);
  for (const [name, values] of pairs) {
    let parameter = operation.query.get(name);
    if (parameter === undefined) operation.query.set(name, (parameter = { present: 0, kinds: new Set() }));
    parameter.present += 1;
    for (const { value } of values) parameter.kinds.add(kindOf(value));
  }
}

function kindOf(value: string): QueryKind {
  if (/^-?(?:0|[1-9]\d{0,15})$/.test(value)) return 'integer';
  if (/^-?(?:0|[1-9]\d{0,15})\.\d{1,15}$/.test(value)) return 'number';
  return value === 'true' || value === 'false' ? 'boolean' : 'string';
}

function addBody(contents: Contents, body: SampledBody, room: Room): void {
  let inference = contents.get(body.mediaType) ?? null;
  if ('value' in body) {
    inference ??= createInference(room);
    inference.add(body.value);
  }
  contents.set(body.mediaType, inference);
}
