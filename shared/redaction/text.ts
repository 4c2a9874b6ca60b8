import { decodeBase64, findBase64 } from './base64.ts';
import type { HeaderValues } from './header-values.ts';
import type { Masker } from './mask.ts';
import { MASKED } from './mask.ts';
import type { RuleSet } from './rules.ts';
import { normaliseName } from './rules.ts';
import { createPairReaders } from './pairs.ts';
import type { Piece } from './strings.ts';
import { isSpace } from './strings.ts';
import { createValueReaders } from './values.ts';
import type { Style } from './yaml.ts';
import { createYamlReader } from './yaml.ts';

/**
 * Masks secrets in any text given as bytes (one char a byte): named fields as JSON, XML, addresses
 * and connection strings write them, and tokens known by their shape. No parser: bodies may be cut,
 * nested as strings in other bodies, or not quite JSON, and secrets are to be found in all of them.
 *
 * Speed comes from V8's skipping: one alternation of tokens that all are long, one of field names
 * that all end in a rare mark, and plain searches for the rest. (A hand-written loop over the chars
 * was half as fast, one alternation of everything a third.)
 */
export interface TextRedactor {
  /** `cut`: the text may end in the middle of a token; then a beginning at the very end is masked too. */
  redact(text: string, cut: boolean, style?: Style): string;
  /** Tokens by shape only: header blocks, paths, binary bodies. */
  redactShapes(text: string): string;
}

export function createTextRedactor(rules: RuleSet, masker: Masker, headers: HeaderValues): TextRedactor {
  const values = createValueReaders(masker);
  const yaml = createYamlReader(masker);
  const pairs = createPairReaders(headers, Object.keys(rules.headers), (name, text, at, opening) => {
    const found = fieldName.exec(name);
    if (!found || found.index + found[0].length < name.length) return null;
    const field = normaliseName(found[1] ?? '');
    const sure = !doubtful.has(field);
    if (((!sure || own.has(field)) && found.index > 0) || plain.has(normaliseName(name))) return null;
    return values.field(text, at, opening.charAt(opening.length - 1), opening.length - 1, sure);
  });
  const prefixOf = rules.shapes.map(({ prefixes }) => `(?:${prefixes.map(literal).join('|')})`);
  const shape = new RegExp(
    `\\b(?:${rules.shapes.map(({ secret }, index) => `${prefixOf[index]}${secret}`).join('|')})`,
    'g',
  );
  const shownPrefix = new RegExp(`^(?:${prefixOf.join('|')})`);
  const tail = new RegExp(`\\b(?:${prefixOf.join('|')}|[Bb]earer +)[\\w.+/=~-]+$`);
  const places = new Map(rules.places.map(({ after, secret }) => [after, new RegExp(secret, 'y')]));
  const anchor = new RegExp([...places.keys(), '://', 'asic ', '-----BEGIN '].map(literal).join('|'), 'g');
  const basic = /[A-Za-z0-9+/]{6,}={0,2}/y;
  const { mark, fieldName, ofWords, doubtful, own, plain } = compileFields(rules);

  function findShapes(text: string, pieces: Piece[]): void {
    shape.lastIndex = 0;
    for (let found = shape.exec(text); found !== null; found = shape.exec(text)) {
      const prefix = shownPrefix.exec(found[0])?.[0].length ?? 0;
      pieces.push({ from: found.index + prefix, to: shape.lastIndex, put: masker.mask(found[0].slice(prefix)) });
    }
    anchor.lastIndex = 0;
    for (let found = anchor.exec(text); found !== null; found = anchor.exec(text))
      readAnchor(text, found[0], found.index, pieces);
  }

  function readAnchor(text: string, anchor: string, from: number, pieces: Piece[]): void {
    const after = from + anchor.length;
    const secret = places.get(anchor);
    if (secret) {
      secret.lastIndex = after;
      const found = secret.exec(text);
      if (found) pieces.push({ from: after, to: secret.lastIndex, put: masker.mask(found[0]) });
    } else if (anchor === '://') {
      readUser(text, after, pieces);
    } else if (anchor === 'asic ') {
      basic.lastIndex = after;
      const found = basic.exec(text)?.[0] ?? '';
      // Credentials are two printable texts with a colon between them; words are not.
      if (/^[\x20-\x7e]*:[\x20-\x7e]*$/.test(decodeBase64(found.replace(/=+$/, ''))))
        pieces.push({ from: after, to: after + found.length, put: masker.mask(found, false) });
    } else {
      const line = /^-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/.exec(text.slice(from, from + 80));
      if (line) pieces.push(...values.privateKey(text, from + line[0].length));
    }
  }

  /** `//user:password@host` in any address. */
  function readUser(text: string, from: number, pieces: Piece[]): void {
    for (let at = from; at < text.length && at - from < 512; at += 1) {
      const code = text.charCodeAt(at);
      if (code === 64) {
        const user = text.slice(from, at);
        if (user !== '' && user !== 'git' && !MASKED.test(user))
          pieces.push({ from, to: at, put: masker.mask(user, false) });
        return;
      }
      // What cannot stand before the @ of an address: white space / ? # " ' < > \ ends the search.
      if (
        code <= 32 ||
        code === 47 ||
        code === 63 ||
        code === 35 ||
        code === 34 ||
        code === 39 ||
        code === 60 ||
        code === 62 ||
        code === 92
      )
        return;
    }
  }

  function findFields(text: string, pieces: Piece[], style: Style): void {
    mark.lastIndex = 0;
    for (let found = mark.exec(text); found !== null; found = mark.exec(text))
      readFieldAt(text, found.index, mark.lastIndex, pieces, style);
    if (!text.includes('\\u00')) return;
    // Names written with escapes: `"p\u0061ssword":`
    const escaped = /\\u00[0-7][0-9a-f][^"'\\]{0,40}\\{0,7}["']\s*:/gi;
    for (let found = escaped.exec(text); found !== null; found = escaped.exec(text))
      readFieldAt(text, found.index, escaped.lastIndex, pieces, style);
  }

  /** Names of fields come again with every body of their kind, and what is asked about most are names of no secrets. */
  const known = new Map<string, { name: string; index: number } | null>();

  function nameIn(words: string): { name: string; index: number } | null {
    if (words.length > LONGEST_KNOWN) return findName(words);
    let found = known.get(words);
    if (found === undefined) {
      // Of its own, char by char: a slice would hold its whole body.
      const own = Array.from(words).join('');
      found = findName(own);
      if (known.size >= MOST_KNOWN) known.clear();
      known.set(own, found);
    }
    return found;
  }

  function findName(words: string): { name: string; index: number } | null {
    const found = fieldName.exec(words);
    return found && { name: normaliseName(found[1] ?? ''), index: found.index };
  }

  function readFieldAt(text: string, first: number, after: number, pieces: Piece[], style: Style): void {
    const last = text.charAt(after - 1);
    let end = after - 1;
    if (last === ':' || last === ',' || last === '}') {
      while (end > first && isSpace(text.charCodeAt(end - 1))) end -= 1;
      end -= 1;
    }
    const quoted = isQuote(text.charCodeAt(end));
    if (last === ':' && !quoted) end += 1;
    const quoteAt = end;
    if (quoted) while (end > first && text.charCodeAt(end - 1) === 92) end -= 1;
    if (last === ',' || last === '}') {
      const opening = text.slice(end, quoteAt + 1);
      const start = text.lastIndexOf(opening.charAt(opening.length - 1), end - 1) + 1;
      if (end - start <= 64) pieces.push(...pairs.read(text, start, end, opening));
      return;
    }
    const before = nameBefore(text, end);
    const from = ofWords ? wordsStart(before) : 0;
    const found = nameIn(before.slice(from));
    if (!found) return;
    const { name } = found;
    const sure = !doubtful.has(name);
    const index = from + found.index;
    const previous = before.charAt(index - 1);
    // The name of a path is not the name of a field: "node_modules/cookie".
    if (last === ':' && previous === '/') return;
    // A word that is only sometimes a secret must be the whole name, and so must a user's own.
    if ((!sure || own.has(name)) && index > 0 && /[\w./@-]/.test(previous)) return;
    if (plain.size > 0 && plain.has(normaliseName(wholeName(before)))) return;
    if (last === ':') {
      if (quoted) pieces.push(...values.field(text, after, text.charAt(quoteAt), quoteAt - end, sure));
      else if (style !== 'code')
        pieces.push(
          ...(values.argument(text, after, sure) ?? yaml.read(text, end - before.length + index, after, style, sure)),
        );
    } else if (last === '=') pieces.push(...values.plain(text, after, sure));
    else if (/<[\w.:-]+$/.test(before)) pieces.push(...values.element(text, after));
  }

  function find(text: string, style: Style, pieces: Piece[]): void {
    findFields(text, pieces, style);
    findShapes(text, pieces);
  }

  function redactEncoded(text: string): string {
    const pieces: Piece[] = [];
    find(text, 'plain', pieces);
    return splice(text, pieces);
  }

  return {
    redact(text, cut, style = 'plain') {
      const pieces: Piece[] = [];
      find(text, style, pieces);
      findBase64(text, pieces, redactEncoded);
      if (cut) {
        const end = tail.exec(text.slice(-400));
        if (end) pieces.push({ from: text.length - end[0].length, to: text.length, put: masker.mask(end[0], false) });
      }
      return splice(text, pieces);
    },
    redactShapes(text) {
      const pieces: Piece[] = [];
      findShapes(text, pieces);
      return splice(text, pieces);
    },
  };
}

/** Texts before marks whose names are remembered. */
const MOST_KNOWN = 2000;
const LONGEST_KNOWN = 40;

/** Puts the pieces in; of two that overlap, the first one wins and the other goes with it. */
function splice(text: string, pieces: Piece[]): string {
  if (pieces.length === 0) return text;
  const parts: string[] = [];
  let at = 0;
  for (const piece of pieces.sort((a, b) => a.from - b.from || b.to - a.to)) {
    if (piece.to <= at) continue;
    if (piece.from >= at) parts.push(text.slice(at, piece.from), piece.put);
    at = piece.to;
  }
  parts.push(text.slice(at));
  return parts.join('');
}

interface FieldRules {
  /** Finds where a name that may be a secret's ends, with the mark behind it. */
  mark: RegExp;
  /** Says whether the text before the mark ends in a secret's name. */
  fieldName: RegExp;
  /** All names are of letters and figures, with what may join them: what `wordsStart` finds holds all of a name. */
  ofWords: boolean;
  doubtful: ReadonlySet<string>;
  /** A user's own names, which count only as whole ones; without those that are endings anyway. */
  own: ReadonlySet<string>;
  /** Whole names that are no secrets. */
  plain: ReadonlySet<string>;
}

/** How the last word of a secret's name can read; a name is confirmed by `fieldName`. */
const LAST_WORDS = [
  'password',
  'passwd',
  'passphrase',
  'passcode',
  'secret',
  'token',
  'credential',
  'authorization',
  'assertion',
  'verifier',
  'signature',
  'sessionid',
  'session[-_. ]id',
  'keyid',
  'key[-_. ]id',
  'connection[-_. ]?string',
  'saml[-_. ]?response',
  'device[-_. ]?code',
  'cookie',
  'bearer',
  'key',
  'pwd',
  'jwt',
  'otp',
  'cvv',
  'cvv2',
  'cvc',
  'auth',
  'pass',
  'sig',
];

function compileFields(rules: RuleSet): FieldRules {
  const names = [...rules.fields, ...rules.doubtfulFields, ...rules.names]
    .map(normaliseName)
    .sort((a, b) => b.length - a.length);
  const lastWord = new RegExp(`(?:${LAST_WORDS.join('|')})$`);
  // Names nobody foresaw are looked for whole.
  const unforeseen = [...names, ...Object.keys(rules.headers).filter((name) => name.includes('-'))]
    .filter((name) => !lastWord.test(name))
    .map((name) => (rules.names.includes(name) ? spaced(name) : literal(name)));
  const words = [...LAST_WORDS, ...unforeseen].sort((a, b) => b.length - a.length);
  return {
    mark: new RegExp(`(?:${words.join('|')})(?:s?(?:\\\\{0,7}["']\\s*[:,}]|\\s?:(?=\\s|\\\\{0,7}["']))|=|>)`, 'gi'),
    ofWords: names.every((name) => /^[a-z0-9]+$/.test(name)),
    fieldName: new RegExp(`(${names.map(spaced).join('|')})s?$`, 'i'),
    // A name that a user adds is a secret for sure.
    doubtful: new Set(rules.doubtfulFields.map(normaliseName).filter((name) => !rules.names.includes(name))),
    own: new Set(rules.names.filter((name) => !rules.fields.some((field) => normaliseName(field) === name))),
    plain: new Set(rules.plain),
  };
}

/** A normalised name, however its words are joined. */
function spaced(name: string): string {
  return Array.from(name, literal).join('[-_. ]?');
}

/** Where the letters, figures and joints begin that a text ends in. */
function wordsStart(text: string): number {
  let at = text.length;
  for (; at > 0; at -= 1) {
    const code = text.charCodeAt(at - 1);
    const joint = code === 32 || code === 45 || code === 46 || code === 95;
    if (!joint && !(code >= 48 && code <= 57) && !(code >= 65 && code <= 90) && !(code >= 97 && code <= 122)) break;
  }
  return at;
}

/** The name that a text ends in, with what stands before it left off. */
function wholeName(before: string): string {
  return /[^"'\\{}[\],;&?<>/=\s]*$/.exec(before)?.[0] ?? '';
}

function isQuote(code: number): boolean {
  return code === 34 || code === 39;
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}

/** Up to 64 chars before a name's end, with `\u0070`-like escapes undone. */
function nameBefore(text: string, end: number): string {
  const before = text.slice(Math.max(0, end - 64), end);
  return before.includes('\\u')
    ? before.replace(/\\+u([0-9a-fA-F]{4})/g, (_whole, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    : before;
}
