import { isAlias, isMap, isNode, isScalar, isSeq, parseDocument, YAMLMap, YAMLSeq } from 'yaml';
import type { Alias, Document, Node, Pair } from 'yaml';

/** One thing to write: a value at a path of keys; null or undefined takes it away. Lists are of texts. */
export interface Edit {
  path: readonly string[];
  value: string | readonly string[] | null;
}

/**
 * The text with these edits made. Comments, order and everything nobody edited stay; only white space between tokens may
 * change. The text must be readable YAML with maps where the paths lead through (see `readVendorsText`).
 */
export function editText(text: string, edits: readonly Edit[]): string {
  const document = parseDocument(text);
  if (isAlias(document.contents) || !isMap(document.contents)) {
    const map = new YAMLMap(document.schema);
    keepComments(document.contents, map);
    document.contents = map as never;
  }
  for (const { path, value } of edits) {
    const [key, above] = [path.at(-1)!, path.slice(0, -1)];
    const map = reach(document, above, value !== null);
    if (map === null) continue;
    if (value === null) remove(map, key);
    else if (typeof value === 'string') setText(document, map, key, value);
    else setList(document, map, key, value);
    if (value === null || value.length === 0) dropEmpty(document, above);
  }
  const written = document.toString({
    lineWidth: 0,
    indent: indentOf(text),
    indentSeq: indentsLists(text),
    flowCollectionPadding: !/[:-] [{[][^\s\]}]/.test(text),
  });
  return text.includes('\r\n') ? written.replaceAll(/\r?\n/g, '\r\n') : written;
}

/** The map at a path, made when it is not there and `make` says so. */
function reach(document: Document, path: readonly string[], make: boolean): YAMLMap | null {
  let map = document.contents as unknown as YAMLMap;
  for (const key of path) {
    let pair = pairOf(map, key);
    if (pair === undefined) {
      if (!make) return null;
      pair = document.createPair(key, null) as Pair;
      map.items.push(pair);
    }
    let inner: unknown = pair.value;
    // What an alias stands for is somebody else’s: from here on this is one of its own.
    if (isAlias(inner)) inner = pair.value = ownCopy(inner, document);
    if (!isMap(inner)) {
      if (!make) return null;
      const fresh = new YAMLMap(document.schema);
      keepComments(isNode(inner) ? inner : null, fresh);
      inner = pair.value = fresh;
    }
    map = inner as YAMLMap;
    // An empty `{}` would go on in one line.
    if (make && map.items.length === 0) map.flow = false;
  }
  return map;
}

/** What an alias stands for, as a node of its own. */
function ownCopy(alias: Alias, document: Document): unknown {
  const copy = alias.resolve(document)?.clone() ?? null;
  if (copy !== null && 'anchor' in copy) delete copy.anchor;
  return copy;
}

function pairOf(map: YAMLMap, key: string): Pair | undefined {
  return map.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === key);
}

function setText(document: Document, map: YAMLMap, key: string, value: string): void {
  const pair = pairOf(map, key);
  if (pair === undefined) map.items.push(document.createPair(key, value) as Pair);
  else if (isScalar(pair.value)) {
    // A block of many lines cannot hold every text; let it be written as is best.
    if (pair.value.value !== value) pair.value.type = undefined as never;
    pair.value.value = value;
  } else {
    const scalar = document.createNode(value) as Node;
    keepComments(isNode(pair.value) ? pair.value : null, scalar);
    pair.value = scalar;
  }
}

/** Makes a list hold these; what is in it already stays where it is, with its comments. */
function setList(document: Document, map: YAMLMap, key: string, values: readonly string[]): void {
  if (values.length === 0) return remove(map, key);
  let pair = pairOf(map, key);
  if (pair === undefined) map.items.push((pair = document.createPair(key, null) as Pair));
  if (isAlias(pair.value)) pair.value = ownCopy(pair.value, document);
  if (!isSeq(pair.value)) {
    const fresh = new YAMLSeq(document.schema);
    keepComments(isNode(pair.value) ? pair.value : null, fresh);
    pair.value = fresh;
  }
  const list = pair.value as YAMLSeq;
  const textOf = (item: unknown): string =>
    String(isAlias(item) ? item.resolve(document)?.toJSON() : isScalar(item) ? item.value : item);
  let carried: string | null = null;
  const kept: unknown[] = [];
  for (const item of list.items) {
    if (values.includes(textOf(item))) {
      if (carried !== null && isNode(item)) item.commentBefore = joinComments(carried, item.commentBefore);
      carried = null;
      kept.push(item);
    } else carried = joinComments(carried, commentsOf(item));
  }
  const there = new Set(kept.map(textOf));
  for (const value of values) if (!there.has(value)) kept.push(document.createNode(value));
  if (carried !== null) list.comment = joinComments(carried, list.comment);
  list.items = kept;
}

/** Takes a key out; what people wrote beside it stays, before whatever comes next. */
function remove(map: YAMLMap, key: string): void {
  const at = map.items.findIndex((pair) => isScalar(pair.key) && String(pair.key.value) === key);
  if (at < 0) return;
  const [pair] = map.items.splice(at, 1) as [Pair];
  const carried = joinComments(commentsOf(pair.key), commentsOf(pair.value));
  if (carried === null) return;
  const next = map.items[at]?.key;
  if (isNode(next)) next.commentBefore = joinComments(carried, next.commentBefore);
  else map.comment = joinComments(carried, map.comment);
}

/** Takes out maps that nothing is in any more, neither keys nor comments. */
function dropEmpty(document: Document, path: readonly string[]): void {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const map = reach(document, path.slice(0, depth), false);
    if (map === null || map.items.length > 0 || commentsOf(map) !== null) return;
    const above = reach(document, path.slice(0, depth - 1), false);
    if (above !== null) remove(above, path[depth - 1]!);
  }
}

function keepComments(from: Node | null | undefined, to: Node): void {
  if (!from) return;
  if (from.commentBefore) to.commentBefore = from.commentBefore;
  if (from.comment) to.comment = from.comment;
}

function commentsOf(node: unknown): string | null {
  return isNode(node) ? joinComments(node.commentBefore, node.comment) : null;
}

function joinComments(first: string | null | undefined, second: string | null | undefined): string | null {
  const parts = [first, second].filter((part): part is string => typeof part === 'string' && part !== '');
  return parts.length === 0 ? null : parts.join('\n');
}

/** How deep people indent here. */
function indentOf(text: string): number {
  const first = /^(?:vendors|endpoints):[^\n]*\n(?:\s*(?:#[^\n]*)?\n)*( +)/m.exec(text)?.[1];
  return first === undefined ? 2 : Math.min(8, Math.max(1, first.length));
}

/** Whether lists stand deeper than their key, as most write them. */
function indentsLists(text: string): boolean {
  const found = /^( *)[\w-]+:[ \t]*(?:#[^\n]*)?\n( *)- /m.exec(text);
  return found === null || found[2]!.length > found[1]!.length;
}
