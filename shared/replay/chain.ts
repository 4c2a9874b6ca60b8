import type { Json } from '../diff/json-diff.ts';
import type { Draft } from '../model/replay.ts';
import { printLocation, type Location } from './json-path.ts';
import { whyHeaderVaries } from './varying-headers.ts';

/** A recorded call as far as values flow through it. */
export interface ChainCall {
  draft: Draft;
  /** Its recorded answer: the body as JSON (undefined: none), and its headers. */
  json: Json | undefined;
  headers: readonly (readonly [name: string, value: string])[];
}

/** A value of an answer that a later request was sent with. */
export interface Flow {
  /** Which call's answer, from 0. */
  from: number;
  /** Where in it, as `extract` takes it. */
  at: string;
  variable: string;
  /** Which later calls hold it, and where: `url`, `header:NAME`, `body`. */
  to: { step: number; place: string }[];
}

export interface Chained {
  flows: Flow[];
  /** The drafts with `{{variable}}` in place of the values. */
  drafts: Draft[];
}

/** Shorter values are the same by chance. */
const SHORTEST = 8;
/** Digits alone say more than words of that length: ids count from so many. */
const SHORTEST_NUMBER = 5;
const MOST_LEAVES = 5000;

/**
 * Finds the values of recorded answers that later requests were sent with, and puts variables in their places. The nearest
 * answer before counts; what a request had sent before any answer said it is the client's own. Redacted values are found,
 * too: equal secrets have equal marks.
 */
export function chainCalls(calls: readonly ChainCall[]): Chained {
  const drafts = calls.map(({ draft }) => draft);
  const flows: Flow[] = [];
  const names = new Set<string>();
  for (let to = 1; to < calls.length; to += 1) {
    // The longest first: a token that holds another is one value.
    const sources = sourcesBefore(calls, to).toSorted((a, b) => b.value.length - a.value.length);
    for (const source of sources) {
      const draft = drafts[to];
      if (draft === undefined || wasSentBefore(calls, source.from, source.value)) continue;
      const known = flows.find((one) => one.from === source.from && one.at === source.at);
      const variable = known?.variable ?? nameFor(source.at, names);
      const { draft: put, places } = putInto(draft, source.value, variable);
      if (places.length === 0) continue;
      drafts[to] = put;
      names.add(variable);
      const into = places.map((place) => ({ step: to, place }));
      if (known) known.to.push(...into);
      else flows.push({ from: source.from, at: source.at, variable, to: into });
    }
  }
  return { flows, drafts };
}

interface Source {
  from: number;
  at: string;
  value: string;
}

/** Every value of an answer before a call; of equal ones the nearest. */
function sourcesBefore(calls: readonly ChainCall[], before: number): Source[] {
  const found = new Map<string, Source>();
  for (let from = before - 1; from >= 0; from -= 1) {
    const call = calls[from];
    if (call === undefined) continue;
    const add = (at: string, value: string): void => {
      const least = /^\d+$/.test(value) ? SHORTEST_NUMBER : SHORTEST;
      if (value.length >= least && !found.has(value)) found.set(value, { from, at, value });
    };
    for (const [name, value] of call.headers) {
      if (name.toLowerCase() === 'set-cookie') {
        const [, cookie = '', content = ''] = /^\s*([^=;]+)=([^;]*)/.exec(value) ?? [];
        add(`cookie ${cookie.trim()}`, content.trim());
      } else if (
        whyHeaderVaries(name) === null &&
        !/^(?:content-|server$|vary$|cache-control$|access-control-|strict-|x-powered)/i.test(name)
      )
        add(`header ${name.toLowerCase()}`, value);
    }
    if (call.json !== undefined)
      for (const { location, text } of leavesOf(call.json)) add(printLocation(location), text);
  }
  return [...found.values()];
}

function leavesOf(json: Json): { location: Location; text: string }[] {
  const found: { location: Location; text: string }[] = [];
  const walk = (value: Json, location: Location): void => {
    if (found.length >= MOST_LEAVES || location.length > 50) return;
    if (Array.isArray(value)) value.forEach((one, index) => walk(one, [...location, index]));
    else if (typeof value === 'object' && value !== null)
      for (const key of Object.keys(value)) walk(value[key] ?? null, [...location, key]);
    else if (typeof value === 'string') found.push({ location, text: value });
    else if (typeof value === 'number' || typeof value === 'bigint') found.push({ location, text: String(value) });
  };
  walk(json, []);
  return found;
}

/** Whether a request up to and with the one whose answer it was had the value already. */
function wasSentBefore(calls: readonly ChainCall[], upTo: number, value: string): boolean {
  return calls.slice(0, upTo + 1).some(({ draft }) => putInto(draft, value, 'x').places.length > 0);
}

/** `$.data.access_token` → `access_token`; of several of one name, with a number. */
function nameFor(at: string, taken: ReadonlySet<string>): string {
  const last = /([A-Za-z_][\w-]*)[^\w]*$/.exec(at)?.[1] ?? 'value';
  const name = last.replaceAll('-', '_');
  let one = name;
  for (let number = 2; taken.has(one); number += 1) one = `${name}_${number}`;
  return one;
}

function putInto(draft: Draft, value: string, variable: string): { draft: Draft; places: string[] } {
  const places: string[] = [];
  const forms = [...new Set([value, encodeURIComponent(value)])];
  const put = (text: string, place: string): string => {
    let out = text;
    for (const form of forms) out = replaceWhole(out, form, `{{${variable}}}`);
    if (out !== text) places.push(place);
    return out;
  };
  const headers = draft.headers.map((one) =>
    // Framing follows from the body, and the host from the address.
    one.off || /^(?:host|content-length|user-agent|accept)$/i.test(one.name)
      ? one
      : { ...one, value: put(one.value, `header:${one.name}`) },
  );
  const path = /^([a-z]+:\/\/[^/?#]*)(.*)$/is.exec(draft.url);
  const url = path === null ? draft.url : `${path[1] ?? ''}${put(path[2] ?? '', 'url')}`;
  const body = draft.body.kind === 'text' ? { ...draft.body, text: put(draft.body.text, 'body') } : draft.body;
  return { draft: { ...draft, url, headers, body }, places };
}

/** Every place where a text stands as a word of its own. */
function replaceWhole(text: string, word: string, by: string): string {
  let out = '';
  let from = 0;
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, Math.max(at + 1, from))) {
    const before = text.charAt(at - 1);
    const after = text.charAt(at + word.length);
    if (/[\w-]/.test(before) || /[\w-]/.test(after) || at < from) continue;
    out += text.slice(from, at) + by;
    from = at + word.length;
  }
  return out + text.slice(from);
}
