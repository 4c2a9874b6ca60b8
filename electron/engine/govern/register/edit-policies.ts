import { isDeepStrictEqual } from 'node:util';
import { isMap, isNode, isScalar, isSeq, parseDocument, stringify } from 'yaml';
import type { Document, Node, Pair, YAMLMap, YAMLSeq } from 'yaml';
import type { Mode } from '../../../../shared/model/policy.ts';

// Edits of a policy file as cuts in its text: every byte that is not of the edit stays as it is written. Each is proven by
// reading what came of it; where people write YAML in a way that cannot be cut, it is printed anew, comments and all.
// Null: what is to be edited is not there, or what should come in is no policy.

/** Sets the mode of one policy. */
export function setMode(text: string, id: string, mode: Mode): string | null {
  return proven(
    text,
    (document) => cutMode(text, document, id, mode),
    (file) => {
      const policy = file.policies.find((one) => one['id'] === id);
      if (!policy) return false;
      policy['mode'] = mode;
      return true;
    },
  );
}

/** Puts one policy, as YAML, in the place of the one with this id, or at the end of them. */
export function putPolicy(text: string, id: string, policy: string): string | null {
  const body = bodyOf(policy);
  if (body === null) return null;
  return proven(
    text,
    (document) => cutPolicy(text, document, id, body),
    (file) => {
      const value = plainOf(parseDocument(body)) as Item;
      const at = file.policies.findIndex((one) => one['id'] === id);
      if (at < 0) file.policies.push(value);
      else file.policies[at] = value;
      return true;
    },
  );
}

/** Takes one policy out, and the exceptions from it. Comments above it stay. */
export function removePolicy(text: string, id: string): string | null {
  const cutAll = (): string | null => {
    let cut = removeFrom(text, 'policies', (item) => valueOf(item, 'id') === id);
    for (let next = cut; next !== null;) {
      cut = next;
      next = removeFrom(cut, 'exceptions', (item) => valueOf(item, 'policy') === id);
    }
    return cut;
  };
  return proven(text, cutAll, (file) => {
    const before = file.policies.length;
    file.policies = file.policies.filter((one) => one['id'] !== id);
    file.exceptions = file.exceptions.filter((one) => one['policy'] !== id);
    return file.policies.length < before;
  });
}

/** Adds an exception at the end of them. */
export function addException(text: string, exception: Readonly<Record<string, unknown>>): string | null {
  const body = stringify(exception, { collectionStyle: 'flow', lineWidth: 0 }).trimEnd();
  return proven(
    text,
    (document) => addTo(text, document, 'exceptions', body),
    (file) => {
      file.exceptions.push({ ...exception });
      return true;
    },
  );
}

type Item = Record<string, unknown>;
interface PlainFile {
  policies: Item[];
  exceptions: Item[];
}

/** The text with cuts, if it says what it should; else the same printed anew; else null. */
function proven(
  text: string,
  make: (document: Document.Parsed) => string | null,
  change: (file: PlainFile) => boolean,
): string | null {
  const document = parseDocument(text);
  const before = plainFile(document);
  if (before === null) return null;
  const wanted = structuredClone(before);
  if (!change(wanted)) return null;
  const cut = make(document);
  if (cut !== null && isDeepStrictEqual(plainFile(parseDocument(cut)), wanted)) return cut;
  for (const key of ['policies', 'exceptions'] as const) {
    if (isDeepStrictEqual(before[key], wanted[key])) continue;
    const list = document.get(key, true);
    if (!isSeq(list)) document.set(key, document.createNode(wanted[key]));
    else {
      // Who stays keeps the node, and with it the comments.
      const nodes = list.items.map((node, at) => ({ node, value: before[key][at] }));
      list.items = wanted[key].map((value, at) => {
        const kept = nodes.find((one) => isDeepStrictEqual(one.value, value))?.node;
        if (kept !== undefined) return kept;
        const node = document.createNode(value);
        const there = nodes[at]?.node;
        if (isNode(there) && nodes.length === wanted[key].length) node.commentBefore = there.commentBefore ?? null;
        return node;
      });
    }
  }
  const printed = document.toString({ lineWidth: 0 });
  return isDeepStrictEqual(plainFile(parseDocument(printed)), wanted) ? printed : null;
}

function plainFile(document: Document.Parsed): (PlainFile & Item) | null {
  const value = plainOf(document) ?? {};
  if (typeof value !== 'object' || Array.isArray(value)) return null;
  const { policies, exceptions } = value as Partial<PlainFile>;
  return { ...value, policies: policies ?? [], exceptions: exceptions ?? [] };
}

function plainOf(document: Document.Parsed): unknown {
  if (document.errors.length > 0) return null;
  try {
    return document.toJS();
  } catch {
    return null;
  }
}

function cutMode(text: string, document: Document.Parsed, id: string, mode: Mode): string | null {
  const item = policyAt(document, id)?.item;
  if (!item) return null;
  const pair = pairOf(item, 'mode');
  if (pair) {
    const value = rangeOf(pair.value);
    if (!value || value[0] === value[1]) {
      const colon = text.indexOf(':', rangeOf(pair.key)?.[1] ?? 0) + 1;
      return colon === 0 ? null : splice(text, colon, colon, ` ${mode}`);
    }
    return splice(text, value[0], value[1], mode);
  }
  const before = pairOf(item, 'kind') ?? pairOf(item, 'id');
  const end = rangeOf(before?.value)?.[1];
  const key = rangeOf(before?.key);
  if (end === undefined || !key) return null;
  if (item.flow) return splice(text, end, end, `, mode: ${mode}`);
  // After what stands beside it on the same line.
  const lineEnd = endOfLine(text, end);
  return splice(text, lineEnd, lineEnd, `${eolOf(text)}${' '.repeat(columnOf(text, key[0]))}mode: ${mode}`);
}

function cutPolicy(text: string, document: Document.Parsed, id: string, body: string): string | null {
  const found = policyAt(document, id);
  if (!found) return addTo(text, document, 'policies', body);
  const { item, list } = found;
  const range = rangeOf(item);
  if (!range) return null;
  if (list.flow || (item.flow && !body.includes('\n'))) return splice(text, range[0], range[1], inOneLine(body));
  const end = endOfItem(text, item);
  return splice(text, range[0], end, indented(body, columnOf(text, range[0]), eolOf(text)));
}

/** One policy out of what people send: the mapping, an item of a list, or a file with one policy. Null: it is none. */
export function bodyOf(policy: string): string | null {
  const text = policy.replaceAll('\r\n', '\n');
  const document = parseDocument(text);
  if (document.errors.length > 0) return null;
  let node: unknown = document.contents;
  const list = isMap(node) ? pairOf(node, 'policies')?.value : undefined;
  if (list !== undefined) node = list;
  if (isSeq(node)) {
    if (node.items.length !== 1) return null;
    [node] = node.items;
  }
  if (!isMap(node) || !node.range) return null;
  const start = node.range[0];
  const column = columnOf(text, start);
  const end = node.flow ? node.range[1] : endOfItem(text, node);
  const [first = '', ...rest] = text.slice(start, end).split('\n');
  return [first, ...rest.map((line) => (line.slice(0, column).trim() === '' ? line.slice(column) : line))].join('\n');
}

/** The id that a policy has itself; null: it has none, or is no policy. */
export function idOfPolicy(policy: string): string | null {
  const id = (plainOf(parseDocument(bodyOf(policy) ?? '')) as Item | null)?.['id'];
  return typeof id === 'string' || typeof id === 'number' ? String(id) : null;
}

function addTo(text: string, document: Document.Parsed, key: 'policies' | 'exceptions', body: string): string | null {
  const eol = eolOf(text);
  const root = document.contents;
  const item = (column: number): string => `${' '.repeat(column)}- ${indented(body, column + 2, eol)}`;
  const pair = isMap(root) ? pairOf(root, key) : undefined;
  if (!pair) {
    if (root !== null && !isMap(root)) return null;
    if (isMap(root) && root.flow) return null;
    const lead = text === '' || text.endsWith('\n') ? '' : eol;
    const gap = text.trim() === '' || /\n\s*\n$/.test(text) ? '' : eol;
    return `${text}${lead}${gap}${key}:${eol}${item(2)}${eol}`;
  }
  const list = pair.value;
  if (isSeq(list) && list.flow && list.items.length > 0) {
    const last = rangeOf(list.items.at(-1));
    return last ? splice(text, last[1], last[1], `, ${inOneLine(body)}`) : null;
  }
  if (isSeq(list) && !list.flow && list.items.length > 0) {
    const first = rangeOf(list.items[0]);
    const last = rangeOf(list.items.at(-1));
    if (!first || !last) return null;
    const column = dashBefore(text, first[0]);
    if (column === null) return null;
    const end = endOfItem(text, list.items.at(-1) as Node);
    return splice(text, end, end, eol + item(column));
  }
  // Nothing, or an empty list: the items stand below the key.
  const colon = text.indexOf(':', rangeOf(pair.key)?.[1] ?? 0) + 1;
  if (colon === 0) return null;
  const range = rangeOf(list);
  const filled = range && range[1] > range[0] ? splice(text, colon, range[1], '') : text;
  const end = endOfLine(filled, colon);
  return splice(filled, end, end, eol + item(2));
}

function removeFrom(text: string, key: string, fits: (item: YAMLMap) => boolean): string | null {
  const document = parseDocument(text);
  const pair = isMap(document.contents) ? pairOf(document.contents, key) : undefined;
  const list = pair?.value;
  if (!isSeq(list)) return null;
  const index = list.items.findIndex((item) => isMap(item) && fits(item));
  const range = rangeOf(list.items[index]);
  if (index < 0 || !range) return null;
  if (list.flow) {
    const [before, next] = [rangeOf(list.items[index - 1]), rangeOf(list.items[index + 1])];
    if (next) return splice(text, range[0], next[0], '');
    return splice(text, before ? before[1] : range[0], range[1], '');
  }
  const start = startOfLine(text, range[0]);
  // What does not begin with its dash has something else on its line.
  if (!/^ *-\s+$/.test(text.slice(start, range[0]))) return null;
  const end = endOfItem(text, list.items[index] as Node);
  const cut = splice(text, start, Math.min(text.length, end + eolLength(text, end)), '');
  if (list.items.length > 1) return cut;
  // The key stays, with an empty list; comments above what was in it stay below it.
  const colon = text.indexOf(':', rangeOf(pair?.key)?.[1] ?? 0) + 1;
  return colon === 0 || colon > start ? null : splice(cut, colon, colon, ' []');
}

function policyAt(document: Document.Parsed, id: string): { item: YAMLMap; list: YAMLSeq } | null {
  const list = isMap(document.contents) ? pairOf(document.contents, 'policies')?.value : undefined;
  if (!isSeq(list)) return null;
  const item = list.items.find((one) => isMap(one) && valueOf(one, 'id') === id);
  return isMap(item) ? { item, list } : null;
}

function pairOf(map: YAMLMap | Node, key: string): Pair | undefined {
  return isMap(map) ? map.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === key) : undefined;
}

function valueOf(map: YAMLMap, key: string): string | null {
  const value = pairOf(map, key)?.value;
  return isScalar(value) ? String(value.value) : null;
}

function rangeOf(node: unknown): [number, number] | null {
  const range = isNode(node) ? node.range : null;
  return range ? [range[0], range[1]] : null;
}

function inOneLine(body: string): string {
  return stringify(parseDocument(body).toJS(), { collectionStyle: 'flow', lineWidth: 0 }).trimEnd();
}

function indented(body: string, column: number, eol: string): string {
  return body
    .split('\n')
    .map((line, index) => (index === 0 || line.trim() === '' ? line : ' '.repeat(column) + line))
    .join(eol);
}

/** Where the dash of an item stands in its line; null when the item begins elsewhere. */
function dashBefore(text: string, at: number): number | null {
  const dash = text.lastIndexOf('-', at);
  return dash < 0 || text.slice(dash + 1, at).trim() !== '' ? null : columnOf(text, dash);
}

function splice(text: string, from: number, to: number, by: string): string {
  return text.slice(0, from) + by + text.slice(to);
}

/** Where the line ends on which an item says its last thing; comments below it are not its own. */
function endOfItem(text: string, item: Node): number {
  let last: unknown = item;
  let end = item.range?.[0] ?? 0;
  while ((isMap(last) || isSeq(last)) && !last.flow && last.items.length > 0) {
    const inner: unknown = last.items.at(-1);
    if (isMap(last)) {
      const { key, value } = inner as Pair;
      end = rangeOf(key)?.[1] ?? end;
      last = value;
    } else last = inner;
  }
  const range = rangeOf(last);
  if (range && range[1] > end) end = range[0] + text.slice(range[0], range[1]).trimEnd().length;
  return endOfLine(text, end);
}

function startOfLine(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1;
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  if (end < 0) return text.length;
  return text[end - 1] === '\r' ? end - 1 : end;
}

function eolLength(text: string, at: number): number {
  return text.startsWith('\r\n', at) ? 2 : 1;
}

function columnOf(text: string, at: number): number {
  return at - startOfLine(text, at);
}

function eolOf(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}
