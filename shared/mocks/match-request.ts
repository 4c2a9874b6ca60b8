import { compileGlob, compilePath, type TextTest } from '../policies/match/glob.ts';
import type { MockMatch } from './mock-set.ts';

/** A request as far as its head says it. */
export interface AskedHead {
  method: string;
  /** Lower case, without a port. */
  host: string;
  port: number;
  /** Path and query as sent. */
  target: string;
  /** Names and values in turn, as received. */
  fields: readonly string[];
}

/** A match, compiled. Time is text × pattern at the most. */
export interface MatchTest {
  head(head: AskedHead): boolean;
  /** Null: any body will do, and it need not be read. */
  body: ((json: unknown) => boolean) | null;
}

export function compileMatch({ methods, host, path, query, headers, body }: MockMatch): MatchTest {
  const fitsHost = host === null ? null : compileHost(host);
  const fitsPath = path === null ? null : compilePath(path);
  const parameters = Object.entries(query).map(([name, value]) => ({ name, fits: compileGlob(value) }));
  const lines = Object.entries(headers).map(([name, value]) => ({ name, fits: compileGlob(value) }));
  return {
    head(asked) {
      if (methods !== null && !methods.includes(asked.method)) return false;
      if (fitsHost !== null && !fitsHost(asked.host, asked.port)) return false;
      const mark = asked.target.indexOf('?');
      const plain = mark < 0 ? asked.target : asked.target.slice(0, mark);
      if (fitsPath !== null && !fitsPath(plain)) return false;
      if (parameters.length > 0) {
        const said = readParameters(mark < 0 ? '' : asked.target.slice(mark + 1));
        if (!parameters.every(({ name, fits }) => said.some(([key, value]) => key === name && fits(value))))
          return false;
      }
      return lines.every(({ name, fits }) => hasField(asked.fields, name, fits));
    },
    body: body === undefined ? null : (json) => isPart(body, json),
  };
}

function compileHost(pattern: string): (host: string, port: number) => boolean {
  const found = /^(.*?)(?::(\d+))?$/.exec(pattern);
  const name = (found?.[1] ?? pattern).replace(/^\[|\]$/g, '');
  const only = found?.[2] === undefined ? null : Number(found[2]);
  const fits = compileGlob(name);
  return (host, port) => (only === null || only === port) && fits(host.toLowerCase());
}

function hasField(fields: readonly string[], name: string, fits: TextTest): boolean {
  for (let at = 0; at < fields.length; at += 2)
    if (fields[at]!.toLowerCase() === name && fits(fields[at + 1]!.trim())) return true;
  return false;
}

function readParameters(query: string): [name: string, value: string][] {
  return query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const mark = pair.indexOf('=');
      return mark < 0 ? [decoded(pair), ''] : [decoded(pair.slice(0, mark)), decoded(pair.slice(mark + 1))];
    });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

/** Whether everything that `part` names is in `whole`: keys of objects, elements at their places, texts with `*`. */
export function isPart(part: unknown, whole: unknown): boolean {
  if (typeof part === 'string') return typeof whole === 'string' && compileGlob(part)(whole);
  if (typeof part !== 'object' || part === null) return Object.is(part, whole);
  if (typeof whole !== 'object' || whole === null || Array.isArray(part) !== Array.isArray(whole)) return false;
  return Object.entries(part).every(
    ([key, value]) => Object.hasOwn(whole, key) && isPart(value, (whole as Record<string, unknown>)[key]),
  );
}
