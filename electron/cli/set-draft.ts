import type { Draft } from '../../shared/model/replay.ts';
import { parseJson, type Json } from '../../shared/diff/json-diff.ts';
import { compileJsonPath } from '../../shared/replay/json-path.ts';
import { EXIT, Fault } from './fault.ts';

/** What `--set` says: the name, and what is written behind its first `=`. */
export interface Change {
  name: string;
  value: string;
}

/** A draft with changes of the command line; a Fault for one that does not fit it. */
export function setDraft(draft: Draft, changes: readonly Change[]): Draft {
  return changes.reduce(setOne, draft);
}

function setOne(draft: Draft, { name, value }: Change): Draft {
  const [topic = '', rest = ''] = name.split(/\.(.*)/s, 2);
  switch (topic) {
    case 'method':
      return { ...draft, method: value.toUpperCase() };
    case 'url':
      return { ...draft, url: value };
    case 'host':
      return { ...draft, url: draft.url.replace(/^([a-z]+:\/\/)[^/?#]*/i, (_, scheme: string) => `${scheme}${value}`) };
    case 'header':
      if (rest !== '') return { ...draft, headers: withHeader(draft.headers, rest, value) };
      break;
    case 'query':
      if (rest !== '') return { ...draft, url: withParameter(draft.url, rest, value) };
      break;
    case 'body':
      return rest === ''
        ? { ...draft, body: { kind: 'text', text: value } }
        : { ...draft, body: { kind: 'text', text: withValue(draft, rest, value) } };
  }
  throw new Fault(
    `--set ${name}=… is not known. It may be header.NAME, query.NAME, method, url, host, body or body.$.PATH.`,
    EXIT.usage,
  );
}

/** In place of all of that name, where the first of them stood; an empty value takes them away. */
function withHeader(headers: Draft['headers'], name: string, value: string): Draft['headers'] {
  const lower = name.toLowerCase();
  const at = headers.findIndex((one) => one.name.toLowerCase() === lower);
  const kept = headers.filter((one) => one.name.toLowerCase() !== lower);
  if (value === '') return kept;
  const before = at < 0 ? kept.length : headers.slice(0, at).filter((one) => one.name.toLowerCase() !== lower).length;
  return kept.toSpliced(before, 0, { name: headers[at]?.name ?? name, value, off: false });
}

function withParameter(url: string, name: string, value: string): string {
  const [whole = '', fragment] = url.split(/#(.*)/s, 2);
  const [base = '', query = ''] = whole.split(/\?(.*)/s, 2);
  const pair = `${encodeURIComponent(name)}=${escapeValue(value)}`;
  const pairs = query === '' ? [] : query.split('&');
  const at = pairs.findIndex((one) => one.split('=', 1)[0] === encodeURIComponent(name));
  const set = at < 0 ? [...pairs, pair] : pairs.with(at, pair);
  return `${base}?${set.join('&')}${fragment === undefined ? '' : `#${fragment}`}`;
}

/** Percent-encoded, but for variables. */
function escapeValue(value: string): string {
  return value
    .split(/(\{\{[^{}]*\}\})/)
    .map((piece, index) => (index % 2 === 1 ? piece : encodeURIComponent(piece)))
    .join('');
}

/** A JSON body with another value at a path: what is JSON is put in as such, all else as text. */
function withValue(draft: Draft, path: string, value: string): string {
  if (draft.body.kind !== 'text')
    throw new Fault(`--set body.${path}=… wants a body of JSON; this one is ${draft.body.kind}.`, EXIT.usage);
  const json = parseJson(draft.body.text);
  if (json === undefined) throw new Fault(`--set body.${path}=… wants a body of JSON; this one is none.`, EXIT.usage);
  const query = readPath(path);
  const [found] = query.find(json);
  const location = found?.location ?? missingMember(path, json);
  if (location === null) throw new Fault(`There is nothing at ${path} in the body.`, EXIT.usage);
  const next = parseJson(value) ?? value;
  // Integers that no double holds stay as they were written.
  return JSON.stringify(put(json, location, next), (_, one: unknown) =>
    typeof one === 'bigint' ? `\0big:${one}` : one,
  ).replace(/"\\u0000big:(-?\d+)"/g, '$1');
}

function readPath(path: string): ReturnType<typeof compileJsonPath> {
  try {
    const query = compileJsonPath(path);
    if (query.singular) return query;
  } catch (error) {
    throw new Fault(error instanceof Error ? error.message : String(error), EXIT.usage);
  }
  throw new Fault(`${path} names more than one place; --set body. wants one.`, EXIT.usage);
}

/** A member that is not there yet, of an object that is. */
function missingMember(path: string, json: Json): (string | number)[] | null {
  const [, parent = '', member = ''] = /^(.*)\.([A-Za-z_]\w*)$/.exec(path) ?? [];
  if (parent === '') return null;
  const [found] = compileJsonPath(parent).find(json);
  return found && typeof found.value === 'object' && found.value !== null && !Array.isArray(found.value)
    ? [...found.location, member]
    : null;
}

function put(value: Json, [step, ...rest]: readonly (string | number)[], next: Json): Json {
  if (step === undefined) return next;
  if (Array.isArray(value)) return value.map((one, index) => (index === step ? put(one, rest, next) : one));
  if (typeof value !== 'object' || value === null) return value;
  return { ...value, [step]: put(value[step] ?? null, rest, next) };
}
