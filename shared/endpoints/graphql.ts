import type { OperationHead } from './endpoints.ts';
import { readFields, readObjects } from './json-fields.ts';
import type { JsonFields } from './json-fields.ts';

/** Longer documents are not read: their operation's name is in the first of it, or in `operationName`. */
const LONGEST = 64 * 1024;
const FIELDS: ReadonlySet<string> = new Set(['query', 'operationName', 'extensions', 'id', 'doc_id']);
const PATH = /(?:^|[/.])(?:graphql|gql)(?:[/.]|$)/i;
const MOST_OF_BATCH = 5;
const MOST_ROOTS = 5;

/** Whether a call is GraphQL: by its path, its type, or a body that begins as such bodies do. */
function isGraphql({ path, method, query, requestLines }: OperationHead, body: string | null): boolean {
  if (PATH.test(path)) return true;
  if (method === 'GET') return /(?:^|&)query=(?:query|mutation|subscription|%7B|\{)/.test(query);
  if (
    body !== null &&
    /^\s*\[?\s*\{\s*"(?:query"\s*:\s*"\s*(?:query|mutation|subscription|fragment|\{)|operationName"\s*:)/.test(
      body.slice(0, 300),
    )
  )
    return true;
  return /application\/graphql/i.test(requestLines) && /^content-type:\s*application\/graphql\b/im.test(requestLines);
}

/** `query GetUser`, `mutation`, `query { user orders }` for one without a name; null when it is no GraphQL. */
export function graphqlOperation(head: OperationHead, body: string | null): string | null {
  if (!isGraphql(head, body)) return null;
  if (body === null || body === '') return ofParameters(head.query);
  if (/^\s*[[{]\s*["\]{}]/.test(body.slice(0, 200))) {
    const { list, more } = readObjects(body, FIELDS, MOST_OF_BATCH);
    // A document may begin with a brace as well: `{ user { id } }`.
    const operations = list.map((fields) => ofFields(fields, body)).filter((one) => one !== null);
    if (operations.length > 0) return `${[...new Set(operations)].join(' + ')}${more ? ' + …' : ''}`;
    if (/^\s*[[{]\s*"/.test(body)) return null;
  }
  return ofDocument(body, null);
}

function ofParameters(query: string): string | null {
  const name = parameter(query, 'operationName');
  const document = parameter(query, 'query');
  if (document !== null) return ofDocument(document, name) ?? named(name);
  return (
    named(name) ??
    persisted(/"sha256Hash"\s*:\s*"([0-9a-f]{8})/i.exec(parameter(query, 'extensions') ?? '')?.[1] ?? null)
  );
}

function ofFields({ texts, starts }: JsonFields, body: string): string | null {
  const name = texts.get('operationName') ?? null;
  const document = texts.get('query');
  if (document !== undefined && document !== '') {
    const found = ofDocument(document, name);
    if (found !== null) return found;
  }
  if (name !== null) return named(name);
  const extensions = starts.get('extensions');
  if (extensions !== undefined) {
    const inner = readFields(body, extensions, new Set(['persistedQuery']))?.fields.starts.get('persistedQuery');
    const hash =
      inner === undefined
        ? undefined
        : readFields(body, inner, new Set(['sha256Hash']))?.fields.texts.get('sha256Hash');
    if (hash !== undefined) return persisted(hash);
  }
  return persisted(texts.get('id') ?? texts.get('doc_id') ?? null);
}

/** Undone from the form's way of writing; as it stands there when it is not well-formed. */
function parameter(query: string, name: string): string | null {
  for (const pair of query.slice(0, LONGEST).split('&')) {
    if (!pair.startsWith(`${name}=`)) continue;
    const raw = pair.slice(name.length + 1).replaceAll('+', ' ');
    try {
      return decodeURIComponent(raw);
    } catch {
      return raw;
    }
  }
  return null;
}

const named = (name: string | null): string | null => (name !== null && /^\w{1,100}$/.test(name) ? name : null);
const persisted = (id: string | null): string | null =>
  id !== null && /^[\w:.-]{1,200}$/.test(id) ? `persisted ${id.slice(0, 8)}` : null;

const SPACE_OR_COMMENT = /(?:[\s,\uFEFF]|#[^\n]*(?:\n|$))*/y;
const NAME = /[_A-Za-z]\w*/y;
const BLOCK_TEXT = /"""(?:[^"\\]|\\.|"(?!""))*"""/sy;
const TEXT = /"(?:[^"\\\n]|\\.)*"/y;

interface Operation {
  kind: string;
  name: string | null;
  roots: string[];
}

/**
 * The operation of a document, by its tokens: a document is nothing but names, braces and texts at the depth that matters
 * here, so no tree is needed. With several, `wanted` says which; null when there is none.
 */
export function ofDocument(document: string, wanted: string | null): string | null {
  const operations = readOperations(document.slice(0, LONGEST));
  const one = (wanted !== null && operations.find(({ name }) => name === wanted)) || operations[0];
  if (!one) return null;
  if (one.name !== null) return `${one.kind} ${one.name.slice(0, 100)}`;
  if (one.roots.length === 0) return one.kind;
  const more = one.roots.length > MOST_ROOTS ? ' …' : '';
  return `${one.kind} { ${one.roots
    .slice(0, MOST_ROOTS)
    .map((root) => root.slice(0, 60))
    .join(' ')}${more} }`;
}

function readOperations(text: string): Operation[] {
  const operations: Operation[] = [];
  let at = 0;
  const match = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) at = pattern.lastIndex;
    return found?.[0] ?? null;
  };
  /** Over brackets of all kinds and what is in them. */
  const skipBrackets = (): void => {
    let depth = 0;
    while (at < text.length) {
      match(SPACE_OR_COMMENT);
      const char = text[at];
      if (char === '"') {
        if (match(BLOCK_TEXT) === null && match(TEXT) === null) at += 1;
        continue;
      }
      at += 1;
      if (char === '(' || char === '{' || char === '[') depth += 1;
      else if (char === ')' || char === '}' || char === ']') {
        depth -= 1;
        if (depth <= 0) return;
      }
    }
  };
  const readRoots = (roots: string[]): void => {
    at += 1;
    while (at < text.length && roots.length <= MOST_ROOTS) {
      match(SPACE_OR_COMMENT);
      const char = text[at];
      if (char === '}') return;
      if (char === '(' || char === '{') skipBrackets();
      else if (char === '@') {
        at += 1;
        match(NAME);
      } else if (text.startsWith('...', at)) {
        at += 3;
        match(SPACE_OR_COMMENT);
        // A fragment's name, or `on` and a type: the fields are elsewhere, or in the braces that follow.
        const name = match(NAME);
        if (name === 'on') {
          match(SPACE_OR_COMMENT);
          match(NAME);
        } else if (name !== null) roots.push(`...${name}`);
      } else {
        let name = match(NAME);
        if (name === null) {
          at += 1;
          continue;
        }
        match(SPACE_OR_COMMENT);
        if (text[at] === ':') {
          at += 1;
          match(SPACE_OR_COMMENT);
          name = match(NAME) ?? name;
        }
        if (!roots.includes(name)) roots.push(name);
      }
    }
  };

  while (at < text.length && operations.length < 20) {
    match(SPACE_OR_COMMENT);
    const char = text[at];
    if (char === '{') {
      const roots: string[] = [];
      const start = at;
      readRoots(roots);
      at = start;
      skipBrackets();
      operations.push({ kind: 'query', name: null, roots });
      continue;
    }
    const word = match(NAME);
    if (word === null) {
      if (char === '(' || char === '[') skipBrackets();
      else if (match(BLOCK_TEXT) === null && match(TEXT) === null) at += 1;
      continue;
    }
    if (word !== 'query' && word !== 'mutation' && word !== 'subscription') {
      // A fragment, or no GraphQL at all: on to its braces.
      const brace = text.indexOf('{', at);
      if (brace < 0) break;
      at = brace;
      skipBrackets();
      continue;
    }
    match(SPACE_OR_COMMENT);
    const name = match(NAME);
    const roots: string[] = [];
    while (at < text.length && text[at] !== '{') {
      match(SPACE_OR_COMMENT);
      if (text[at] === '(') skipBrackets();
      else if (text[at] !== '{') at += 1;
    }
    if (at < text.length) {
      const start = at;
      if (name === null) readRoots(roots);
      at = start;
      skipBrackets();
    }
    operations.push({ kind: word, name, roots });
  }
  return operations;
}
