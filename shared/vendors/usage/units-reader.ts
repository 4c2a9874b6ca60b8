import type { JsonPaths } from '../../bytes/json-scan.ts';
import { compileJsonPaths, createJsonScan } from '../../bytes/json-scan.ts';
import { headerValue } from '../../events/header-lines.ts';
import { createRuleFinder, matchesRest } from '../../ledger/units/match-call.ts';
import type { CallAccess, Found } from '../../ledger/units/read-units.ts';
import { readUnits } from '../../ledger/units/read-units.ts';
import type { UnitQuantity, UnitRule } from '../../model/unit-rule.ts';
import type { ExchangeHead } from '../exchange.ts';
import type { UsageReader, UsageReading } from '../usage-reader.ts';

/**
 * Reads by rules what calls used of what is charged by the piece. Gives the reader for a call, or null: no rule is about it, or
 * none that anything must be read for. The rule is chosen when the answer's head is there, and names the reading.
 */
export function createUnitsReaders(rules: readonly UnitRule[]): (head: ExchangeHead) => UsageReader | null {
  const rulesFor = createRuleFinder(
    rules,
    (rule) => rule,
    (found) => (found.every(({ quantities }) => quantities.every(isPlain)) ? null : found),
  );
  const readers = new Map<string, UsageReader | null>();
  return (head) => {
    const { recognised, host, method, path } = head;
    const found = rulesFor({ vendor: recognised.vendor.id, service: recognised.service?.id ?? null, host, method });
    if (found === null) return null;
    const fitting = found.filter((rule) =>
      matchesRest(rule, { path, status: head.status ?? rule.statuses?.[0] ?? 200 }),
    );
    if (fitting.length === 0) return null;
    const key = fitting.map(({ name }) => name).join('\n');
    let reader = readers.get(key);
    if (reader === undefined) {
      reader = fitting.every(({ quantities }) => quantities.every(isPlain)) ? null : readerOf(fitting);
      readers.set(key, reader);
    }
    return reader;
  };
}

/** One for each call, whatever is in it: nothing is to be read. */
function isPlain({ from, when, by }: UnitQuantity): boolean {
  return from === 'call' && when === undefined && by === undefined;
}

type Side = 'request' | 'response';

function readerOf(rules: readonly UnitRule[]): UsageReader {
  const places = rules.flatMap(({ quantities }) =>
    quantities.flatMap(({ from, path, when, by }) => [{ from, path }, ...(when ? [when] : []), ...(by ? [by] : [])]),
  );
  const pathsOf = (side: Side): string[] => [
    ...new Set(places.flatMap(({ from, path }) => (from === side && path !== undefined ? [path] : []))),
  ];
  const wanted = { request: pathsOf('request'), response: pathsOf('response') };
  const compiled = {
    request: compileJsonPaths({ values: wanted.request }),
    response: compileJsonPaths({ values: wanted.response }),
  };
  return {
    name: 'units',
    reads: () => true,
    start: (head) => startReading(rules, head, wanted, compiled),
  };
}

function startReading(
  rules: readonly UnitRule[],
  head: ExchangeHead,
  wanted: Record<Side, readonly string[]>,
  compiled: Record<Side, JsonPaths>,
): UsageReading {
  const request = openBody(headerValue(head.requestLines, 'content-type'), wanted.request, compiled.request);
  let response: BodyPlaces | null = null;
  let answer: ExchangeHead = head;
  return {
    request: (piece) => request?.push(piece),
    answered(answerHead) {
      answer = answerHead;
      response = openBody(headerValue(answer.responseLines, 'content-type'), wanted.response, compiled.response);
    },
    response: (piece) => response?.push(piece),
    message: () => {},
    end({ cut, missed, requestBytes, responseBytes }) {
      const rule = answer.status === null ? undefined : rules.find((one) => matchesRest(one, answer));
      if (rule === undefined) return null;
      const access: CallAccess = {
        at({ from, path = '' }) {
          if (from === 'request') return request?.at(path) ?? [];
          if (from === 'response') return response?.at(path) ?? [];
          if (from === 'query') return fieldsOf(head.query.replace(/^\?/, ''), path);
          const text = headerValue(
            from === 'request-header' ? head.requestLines : answer.responseLines,
            path.toLowerCase(),
          );
          return text === null ? [] : [foundOf(text)];
        },
        bytes: (side) => (side === 'request' ? requestBytes : responseBytes),
      };
      const { units, problem } = readUnits(rule.quantities, access);
      return {
        reader: rule.name,
        model: null,
        requestModel: null,
        tier: null,
        region: null,
        tokens: null,
        units,
        maxOutput: null,
        streamed: false,
        cut,
        provenance: problem === null ? 'reported' : Object.keys(units).length > 0 ? 'partial' : 'none',
        vendorNanoUsd: null,
        raw: null,
        problem:
          problem !== null && missed
            ? 'The recorder could not take all of the call in, so what was used was not seen.'
            : problem,
      };
    },
  };
}

/** What stands at the wanted places of one body. */
interface BodyPlaces {
  push(piece: string): void;
  at(path: string): readonly Found[];
}

/** Longer texts are not looked into. */
const MOST_VALUE = 512 * 1024;
/** Values at one place. */
const MOST_FOUND = 100_000;
/** A form is held as a whole. */
const MOST_FORM = 256 * 1024;

function openBody(type: string | null, wanted: readonly string[], paths: JsonPaths): BodyPlaces | null {
  if (wanted.length === 0) return null;
  const found = new Map<string, Found[]>();
  const scan = createJsonScan(
    paths,
    {
      value(path, value) {
        const list = found.get(path);
        if (list === undefined) found.set(path, [foundOf(value)]);
        else if (list.length < MOST_FOUND) list.push(foundOf(value));
      },
    },
    { valueLimit: MOST_VALUE },
  );
  let form: string | null = type !== null && /^\s*application\/x-www-form-urlencoded\b/i.test(type) ? '' : null;
  return {
    push(piece) {
      if (form === null) scan.push(piece);
      else if (form.length < MOST_FORM) form += piece;
    },
    at(path) {
      if (form !== null) return fieldsOf(form, path);
      scan.end();
      return found.get(path) ?? [];
    },
  };
}

function fieldsOf(text: string, name: string): Found[] {
  return text
    .split('&')
    .filter((pair) => decode(pair.split('=', 1)[0] ?? '') === name)
    .map((pair) => foundOf(decode(pair.slice(pair.indexOf('=') + 1))));
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

function foundOf(value: unknown): Found {
  if (typeof value === 'string') return { text: value, length: [...value].length };
  if (typeof value === 'number' || typeof value === 'boolean') return { text: String(value), length: 0 };
  return { text: null, length: 0 };
}
