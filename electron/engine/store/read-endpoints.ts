import { templatePath } from '../../../shared/endpoints/template.ts';
import type { QueryTree } from '../../../shared/query/tree.ts';
import { isOpen, kindOf } from './codes.ts';
import type { Db } from './open.ts';
import { createPruner } from './prune.ts';
import { candidateRanges } from './candidate-ranges.ts';
import { prepared } from './read-rows.ts';
import type { WordReader } from './word-reader.ts';

/** A method with a templated path of a host, and how it does. */
export interface Endpoint {
  method: string;
  host: string;
  path: string;
  /** As it was recorded, as it counts now; null of calls from before endpoints were. */
  endpoint: string | null;
  calls: number;
  /** Calls that failed, or were answered with a status from 400 on. */
  errors: number;
  /** The commonest of these: a status or the cause of a failure. */
  commonest: string | null;
  /** Microseconds; of HTTP calls only: how long a socket was open says nothing about its origin. */
  p50: number | null;
  p95: number | null;
}

export interface Endpoints {
  looked: number;
  oldest: number | null;
  complete: boolean;
  slowest: Endpoint[];
  failing: Endpoint[];
}

/** Rollups know no paths: endpoints come from the calls themselves, the newest of the span and not more than this. */
const LOOKED_AT = 20_000;
const SHOWN = 12;
/** Below this a percentile is the tale of a single call. */
const FEW_CALLS = 5;

interface Group {
  method: number;
  host: number;
  path: string;
  endpoint: string | null;
  calls: number;
  errors: number;
  causes: Map<number, number>;
  durations: number[];
}

type Row = [
  id: number,
  startedAt: number,
  flags: number,
  status: number | null,
  host: number,
  path: number | string,
  method: number,
  duration: number | null,
  failure: number | null,
  endpoint: number | null,
];

/** The slowest and the most failing endpoints of a time span. A generator: each `yield` lets quick questions in. */
export function* readEndpoints(
  db: Db,
  words: WordReader,
  since: number,
  until: number,
): Generator<void, Endpoints | null> {
  // Each alone is a look at one end of the table; both in one question would be a walk through it.
  const { id: oldest } = prepared(db, 'SELECT MIN(id) AS id FROM calls').get() as { id: number | null };
  const { id: newest } = prepared(db, 'SELECT MAX(id) AS id FROM calls').get() as { id: number | null };
  const answer: Endpoints = { looked: 0, oldest: null, complete: true, slowest: [], failing: [] };
  if (oldest === null || newest === null) return answer;
  const span: QueryTree = {
    op: 'and',
    parts: [
      { op: 'time', bound: 'since', at: since },
      { op: 'time', bound: 'until', at: until },
    ],
  };
  const select = prepared(
    db,
    'SELECT id, started_at, flags, status, host, path, method, duration, failure, endpoint FROM calls WHERE id BETWEEN ? AND ? AND started_at >= ? AND started_at < ? ORDER BY id DESC LIMIT ?',
  ).raw(true);
  const groups = new Map<string, Group>();
  /** The groups of a path that is a word, so that neither its text nor a key is made for every call. */
  const ofWord = new Map<number, Group[]>();
  /** The groups of endpoints by what they count as, host by host. */
  const ofEndpoint = new Map<number, Group[]>();

  function groupOf(host: number, method: number, path: string, endpoint: string | null = null): Group {
    const key = `${host} ${method} ${path}`;
    let group = groups.get(key);
    if (!group) {
      group = { method, host, path, endpoint, calls: 0, errors: 0, causes: new Map(), durations: [] };
      groups.set(key, group);
    }
    group.endpoint ??= endpoint;
    return group;
  }

  /** What stands behind the method is a path, and the operation of RPC. */
  function groupOfEndpoint(host: number, method: number, recorded: number): Group {
    const endpoint = words.endpointOf(host, recorded);
    let known = ofEndpoint.get(endpoint);
    if (!known) ofEndpoint.set(endpoint, (known = []));
    for (const one of known) if (one.host === host && one.method === method) return one;
    const name = words.text(endpoint);
    const prefix = `${words.text(method)} `;
    const group = groupOf(host, method, name.startsWith(prefix) ? name.slice(prefix.length) : name, name);
    known.push(group);
    return group;
  }

  function groupOfWord(host: number, method: number, path: number): Group {
    let known = ofWord.get(path);
    if (!known) ofWord.set(path, (known = []));
    for (const one of known) if (one.host === host && one.method === method) return one;
    const group = groupOf(host, method, templatePath(words.text(path)));
    known.push(group);
    return group;
  }

  function take([, , flags, status, host, path, method, duration, failure, endpoint]: Row): void {
    const group =
      endpoint !== null
        ? groupOfEndpoint(host, method, endpoint)
        : typeof path === 'number'
          ? groupOfWord(host, method, path)
          : groupOf(host, method, templatePath(path));
    group.calls += 1;
    // Statuses and words of failures share the map: words count below zero.
    const cause = status !== null && status >= 400 ? status : failure === null ? 0 : -failure;
    if (cause !== 0) {
      group.errors += 1;
      group.causes.set(cause, (group.causes.get(cause) ?? 0) + 1);
    }
    if (kindOf(flags) === 'http') group.durations.push(duration ?? 0);
  }

  for (const [high, low] of candidateRanges(db, createPruner(span, words), newest, oldest)) {
    for (let top = high; top >= low && answer.complete;) {
      const most = Math.min(2000, LOOKED_AT + 1 - answer.looked);
      const rows = select.all(low, top, since, until, most) as Row[];
      for (const row of rows) {
        if (answer.looked >= LOOKED_AT) {
          answer.complete = false;
          break;
        }
        answer.looked += 1;
        answer.oldest = Math.min(answer.oldest ?? row[1], row[1]);
        if (!isOpen(row[2])) take(row);
      }
      yield;
      if (rows.length < most) break;
      top = rows.at(-1)![0] - 1;
    }
    if (!answer.complete) break;
  }

  const endpoints = [...groups.values()].map((group): Endpoint => {
    const sorted = Float64Array.from(group.durations).sort();
    const [cause] = [...group.causes].reduce((a, b) => (b[1] > a[1] ? b : a), [0, 0]);
    return {
      method: words.text(group.method),
      host: words.text(group.host),
      path: group.path,
      endpoint: group.endpoint,
      calls: group.calls,
      errors: group.errors,
      commonest: cause === 0 ? null : cause > 0 ? String(cause) : words.text(-cause),
      p50: shareOf(sorted, 0.5),
      p95: shareOf(sorted, 0.95),
    };
  });
  const many = (one: Endpoint): number => (one.calls >= FEW_CALLS ? 1 : 0);
  answer.slowest = endpoints
    .filter(({ p95 }) => p95 !== null)
    .sort((a, b) => many(b) - many(a) || (b.p95 ?? 0) - (a.p95 ?? 0))
    .slice(0, SHOWN);
  answer.failing = endpoints
    .filter(({ errors }) => errors > 0)
    .sort((a, b) => b.errors - a.errors || b.errors / b.calls - a.errors / a.calls)
    .slice(0, SHOWN);
  return answer;
}

/** The duration that a share of all does not exceed; null without any. */
function shareOf(sorted: Float64Array, share: number): number | null {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}
