import { isMap, isPair, isScalar, isSeq, parseDocument, stringify } from 'yaml';
import type { Node, Pair, YAMLMap } from 'yaml';

/** A stretch of a text and what takes its place. */
export interface TextChange {
  from: number;
  to: number;
  insert: string;
}

/** In which order people write the keys of a policy; a new key goes where it belongs. */
const ORDER = [
  ...['id', 'kind', 'mode', 'match', 'when', 'settings', 'onFault', 'on-fault', 'owner', 'reason', 'expires'],
  ...['algorithm', 'action', 'limit', 'unit', 'cost', 'window', 'burst', 'period', 'per'],
];

/** What one policy (its lines in the file, beginning with `-`) says; null while it is not YAML. */
export function readItem(slice: string): Record<string, unknown> | null {
  const read: unknown = plain(slice);
  const one: unknown = Array.isArray(read) ? read[0] : read;
  return typeof one === 'object' && one !== null && !Array.isArray(one) ? (one as Record<string, unknown>) : null;
}

function plain(text: string): unknown {
  const document = parseDocument(text);
  if (document.errors.length > 0) return null;
  try {
    return document.toJS();
  } catch {
    return null;
  }
}

/**
 * What has to be changed in the lines of one policy so that it says `value` at a path (undefined: nothing). Only what is
 * said otherwise is touched; comments and the way the rest is written stay. Null where this cannot be done: then it is
 * for the person who wrote it so.
 */
export function setInItem(slice: string, path: readonly string[], value: unknown): TextChange[] | null {
  const document = parseDocument(slice);
  if (document.errors.length > 0) return null;
  const list = document.contents;
  const map = isSeq(list) ? list.items[0] : list;
  if (!isMap(map)) return null;
  const wanted = readItem(slice);
  const changes = setInMap(slice, map, value === undefined ? emptied(wanted, path) : path, value);
  if (changes === null || wanted === null) return null;
  // What was meant is what is read afterwards, or nothing is changed.
  put(wanted, path, value);
  return JSON.stringify(sorted(readItem(applyChanges(slice, changes)))) === JSON.stringify(sorted(wanted))
    ? changes
    : null;
}

export function applyChanges(text: string, changes: readonly TextChange[]): string {
  return changes
    .toSorted((a, b) => b.from - a.from)
    .reduce((now, { from, to, insert }) => now.slice(0, from) + insert + now.slice(to), text);
}

/** What has to go when a path goes, so that no mapping is left with nothing in it. */
function emptied(item: Record<string, unknown> | null, path: readonly string[]): readonly string[] {
  let holder: unknown = item;
  let cut = path.length;
  for (const [index, key] of path.entries()) {
    if (typeof holder !== 'object' || holder === null) break;
    const alone = index > 0 && Object.keys(holder).length === 1 && key in holder;
    if (!alone) cut = path.length;
    else if (cut === path.length) cut = index;
    holder = (holder as Record<string, unknown>)[key];
  }
  return path.slice(0, cut);
}

function setInMap(text: string, map: YAMLMap, path: readonly string[], value: unknown): TextChange[] | null {
  const [key = '', ...rest] = path;
  const pair = map.items.find((one) => nameOf(one) === key);
  if (rest.length > 0) {
    const inner = pair?.value;
    if (isMap(inner) && inner.items.length > 0) {
      return setInMap(text, inner, rest, value);
    }
    if (value === undefined) return [];
    const nested = rest.toReversed().reduce((deep: unknown, name) => ({ [name]: deep }), value);
    return pair ? replaceValue(text, pair, nested) : addPair(text, map, key, nested);
  }
  if (value === undefined) return pair ? removePair(text, map, pair) : [];
  return pair ? replaceValue(text, pair, value) : addPair(text, map, key, value);
}

/** As it is written within a line; right in block and flow style alike. */
function written(value: unknown): string {
  const line = stringify({ v: value }, { collectionStyle: 'flow', lineWidth: 0 }).trimEnd();
  return line.slice('{ v: '.length, -' }'.length);
}

function addPair(text: string, map: YAMLMap, key: string, value: unknown): TextChange[] | null {
  const range = map.range;
  if (!range) return null;
  const pair = `${key}: ${written(value)}`;
  const last = map.items.at(-1);
  if (map.flow === true) {
    if (!last) return [{ from: range[0], to: range[1], insert: `{ ${pair} }` }];
    const end = endOf(last);
    return end === null ? null : [{ from: end, to: end, insert: `, ${pair}` }];
  }
  const first = map.items[0];
  const place = rank(key);
  const before = map.items.filter((one) => rank(nameOf(one)) <= place);
  const highest = Math.max(...before.map((one) => rank(nameOf(one))));
  const anchor = place === ORDER.length ? last : (before.findLast((one) => rank(nameOf(one)) === highest) ?? first);
  const start = first === undefined ? null : startOf(first);
  const end = anchor === undefined ? null : endOf(anchor);
  if (start === null || end === null) return null;
  const at = lineEnd(text, end);
  return [{ from: at, to: at, insert: `\n${' '.repeat(start - lineStart(text, start))}${pair}` }];
}

function replaceValue(text: string, pair: Pair, value: unknown): TextChange[] | null {
  const key = keyOf(pair);
  const node = pair.value as Node | null;
  const colon = key?.range ? text.indexOf(':', key.range[1]) : -1;
  if (colon === -1) return null;
  const from = colon + 1;
  if (!node?.range || (isScalar(node) && node.range[1] === node.range[0]))
    return [{ from, to: from, insert: ` ${written(value)}` }];
  if (isSeq(node) && node.flow !== true && Array.isArray(value)) {
    const changes = changeList(text, node.items as Node[], value);
    if (changes) return changes;
  }
  const block = (isMap(node) || isSeq(node)) && node.flow !== true;
  const end = contentEnd(node);
  if (end === null) return null;
  return [{ from: block ? from : node.range[0], to: end, insert: `${block ? ' ' : ''}${written(value)}` }];
}

/** Items of a list that stands line by line: what stays keeps its line and its comment. Null: the order changed. */
function changeList(text: string, items: readonly Node[], value: readonly unknown[]): TextChange[] | null {
  const before = items.map((item) => (isScalar(item) ? item.value : null));
  if (before.includes(null) || before.length === 0 || value.length === 0) return null;
  const stays = before.filter((one) => value.includes(one));
  if (stays.length === 0 || stays.some((one, index) => value[index] !== one)) return null;
  const changes: TextChange[] = [];
  let indent = '';
  let last = 0;
  for (const [index, item] of items.entries()) {
    const at = item.range?.[0];
    if (at === undefined) return null;
    const start = lineStart(text, at);
    const end = lineEnd(text, item.range?.[1] ?? at);
    if (!/^\s*- +$/.test(text.slice(start, at))) return null;
    indent = text.slice(start, at);
    if (value.includes(before[index])) last = end;
    else changes.push({ from: start - 1, to: end, insert: '' });
  }
  const more = value.slice(stays.length).map((one) => `\n${indent}${written(one)}`);
  if (more.length > 0) changes.push({ from: last, to: last, insert: more.join('') });
  return changes;
}

function removePair(text: string, map: YAMLMap, pair: Pair): TextChange[] | null {
  const index = map.items.indexOf(pair);
  const start = startOf(pair);
  const end = endOf(pair);
  if (start === null || end === null) return null;
  const next = map.items[index + 1];
  const previous = map.items[index - 1];
  if (map.flow === true) {
    if (next) return [{ from: start, to: startOf(next) ?? end, insert: '' }];
    return [{ from: previous ? (endOf(previous) ?? start) : start, to: end, insert: '' }];
  }
  const from = lineStart(text, start);
  if (text.slice(from, start).trim() !== '')
    return next ? [{ from: start, to: startOf(next) ?? end, insert: '' }] : null;
  return [{ from: from - 1, to: lineEnd(text, end), insert: '' }];
}

function nameOf(pair: Pair): string {
  const { key } = pair;
  return isScalar(key) ? String(key.value) : String(key);
}

function keyOf(pair: Pair): Node | null {
  return isScalar(pair.key) ? pair.key : null;
}

function startOf(pair: Pair): number | null {
  return keyOf(pair)?.range?.[0] ?? null;
}

function endOf(pair: Pair): number | null {
  const value = pair.value as Node | null;
  const key = keyOf(pair)?.range?.[1] ?? null;
  if (value?.range && !(isScalar(value) && value.range[0] === value.range[1])) return contentEnd(value);
  return key === null ? null : key + 1;
}

/** Where what a node says ends, without comments and empty lines behind it. */
function contentEnd(node: Node | null): number | null {
  if (!node?.range) return null;
  if (isMap(node) && node.flow !== true) {
    const last = node.items.at(-1);
    return isPair(last) ? endOf(last) : null;
  }
  if (isSeq(node) && node.flow !== true) return contentEnd(node.items.at(-1) as Node | null);
  return node.range[1];
}

function rank(key: string): number {
  const at = ORDER.indexOf(key);
  return at === -1 ? ORDER.length : at;
}

function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1;
}

function lineEnd(text: string, at: number): number {
  // A block of text (`|`) ends behind its line.
  const from = text[at - 1] === '\n' ? at - 1 : at;
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end;
}

function put(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [key = '', ...rest] = path;
  if (rest.length === 0) {
    if (value === undefined) delete target[key];
    else target[key] = value;
    return;
  }
  const inner = target[key];
  const deep =
    typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? (inner as Record<string, unknown>) : {};
  if (value === undefined && Object.keys(deep).length === 0) return;
  put(deep, rest, value);
  if (Object.keys(deep).length === 0) delete target[key];
  else target[key] = deep;
}

/** With keys in one order, for comparing. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, sorted(one)]),
  );
}
