/**
 * Reads HTTP/1 message heads (RFC 9112 §2–§6) from text in which each char is one byte (Latin-1).
 *
 * Requests are read strictly: whatever two programs could understand differently (two lengths, two
 * hosts, folded lines, bare CR or LF, space before the colon) is a fault, because a proxy that
 * repairs such a request becomes a smuggling gadget. Answers are read leniently where RFC 9112 tells a
 * proxy to repair (folding, space before the colon, bare LF), since refusing them would break
 * programs that work without us; `repaired` then tells the caller not to reuse the connection.
 */

/** Headers as a flat list: name, value, name, value … in the order and case received. */
export type Fields = string[];

export type Framing =
  | { kind: 'none' }
  | { kind: 'length'; length: number }
  | { kind: 'chunked' }
  /** Answers only: the body ends with the connection. */
  | { kind: 'until-close' };

export interface HeadFault {
  /** What is wrong, one sentence for people. */
  fault: string;
  /** The status a refusal should carry (RFC 9110 §15.5, RFC 6585). */
  status: 400 | 431 | 501 | 505;
}

export interface RequestHead {
  method: string;
  target: string;
  minor: 0 | 1;
  fields: Fields;
  host: string | null;
  framing: Framing;
  /** Lower-case tokens of all Connection fields. */
  connection: string[];
  upgrade: string | null;
  expectsContinue: boolean;
}

export interface ResponseHead {
  status: number;
  reason: string;
  minor: 0 | 1;
  fields: Fields;
  connection: string[];
  upgrade: string | null;
  /** Framing if the status and the request's method allow a body; see `answerFraming`. */
  framing: Framing;
  keepAliveSeconds: number | null;
  repaired: boolean;
}

const CR = 13;
const LF = 10;
const SP = 32;
const TAB = 9;
const COLON = 58;

/** RFC 9110 §5.6.2 tchar. */
const TOKEN = new Uint8Array(256);
for (const char of "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
  TOKEN[char.charCodeAt(0)] = 1;

export function isToken(text: string): boolean {
  if (text.length === 0) return false;
  for (let i = 0; i < text.length; i++) if (TOKEN[text.charCodeAt(i)] !== 1) return false;
  return true;
}

/** What the fields say about framing and the connection, gathered in the one pass over the head. */
interface Gathered {
  fields: Fields;
  hosts: number;
  host: string | null;
  lengths: string[] | null;
  codings: string | null;
  connection: string[];
  upgrade: string | null;
  expect: string | null;
  keepAlive: string | null;
  repaired: boolean;
}

const NONE: Framing = { kind: 'none' };
const CHUNKED: Framing = { kind: 'chunked' };
const UNTIL_CLOSE: Framing = { kind: 'until-close' };
const NO_TOKENS: string[] = [];

function fault(sentence: string, status: HeadFault['status'] = 400): HeadFault {
  return { fault: sentence, status };
}

/**
 * Reads field lines of `text` from `at` to its end. Each line ends with CRLF (or bare LF when
 * `lenient`). Returns what was gathered, or the fault.
 */
function readFields(text: string, at: number, lenient: boolean): Gathered | HeadFault {
  const g: Gathered = {
    fields: [],
    hosts: 0,
    host: null,
    lengths: null,
    codings: null,
    connection: NO_TOKENS,
    upgrade: null,
    expect: null,
    keepAlive: null,
    repaired: false,
  };
  const end = text.length;
  while (at < end) {
    let first = text.charCodeAt(at);
    if (first === SP || first === TAB) {
      if (!lenient || g.fields.length === 0)
        return fault('a header line starts with white space (obsolete line folding)');
      g.repaired = true;
    }
    let nameEnd = at;
    if (first !== SP && first !== TAB) {
      while (nameEnd < end && TOKEN[text.charCodeAt(nameEnd)] === 1) nameEnd++;
      let colon = nameEnd;
      first = text.charCodeAt(colon);
      if (lenient && (first === SP || first === TAB)) {
        // RFC 9112 §5.1: a proxy must remove such space from an answer.
        while (text.charCodeAt(colon) === SP || text.charCodeAt(colon) === TAB) colon++;
        g.repaired = true;
        first = text.charCodeAt(colon);
      }
      if (nameEnd === at || first !== COLON) {
        return fault(
          first === SP || first === TAB
            ? 'white space between a header name and its colon'
            : 'a header line has no valid name before a colon',
        );
      }
      const name = text.slice(at, nameEnd);
      const line = readValue(text, colon + 1, lenient);
      if (typeof line === 'string') return fault(line);
      if (line.bare) g.repaired = true;
      g.fields.push(name, line.value);
      noteField(g, name, line.value);
      at = line.next;
    } else {
      const line = readValue(text, at, lenient);
      if (typeof line === 'string') return fault(line);
      const last = g.fields.length - 1;
      g.fields[last] = `${g.fields[last]} ${line.value}`;
      if (FRAMING_NAMES.has(g.fields[last - 1]!.toLowerCase()))
        return fault('a framing header is folded over two lines');
      at = line.next;
    }
  }
  return g;
}

const FRAMING_NAMES = new Set(['content-length', 'transfer-encoding', 'connection', 'upgrade', 'host']);

/** One reused result: the caller reads it before the next call. */
const VALUE = { value: '', next: 0, bare: false };

function readValue(text: string, at: number, lenient: boolean): typeof VALUE | string {
  const end = text.length;
  let code = text.charCodeAt(at);
  while (code === SP || code === TAB) code = text.charCodeAt(++at);
  let stop = at;
  let last = at;
  for (; stop < end; stop++) {
    code = text.charCodeAt(stop);
    if (code > SP) {
      if (code === 127) return 'a header value holds a control character (DEL)';
      last = stop + 1;
    } else if (code !== SP && code !== TAB) break;
  }
  VALUE.value = text.slice(at, last);
  VALUE.bare = false;
  if (stop >= end) {
    VALUE.next = end;
    return VALUE;
  }
  if (code === CR && text.charCodeAt(stop + 1) === LF) {
    VALUE.next = stop + 2;
    return VALUE;
  }
  if (code === LF && lenient) {
    VALUE.next = stop + 1;
    VALUE.bare = true;
    return VALUE;
  }
  if (code === CR) return 'a bare CR inside the head';
  if (code === LF) return 'a bare LF inside the head';
  return code === 0 ? 'a NUL byte in a header value' : 'a control character in a header value';
}

function noteField(g: Gathered, name: string, value: string): void {
  // Length first: most names are none of these, and lower-casing every name costs more than this switch.
  switch (name.length) {
    case 4:
      if (name.toLowerCase() === 'host') {
        g.hosts++;
        g.host = value;
      }
      return;
    case 6:
      if (name.toLowerCase() === 'expect') g.expect = value.toLowerCase();
      return;
    case 7:
      if (name.toLowerCase() === 'upgrade') g.upgrade = g.upgrade === null ? value : `${g.upgrade}, ${value}`;
      return;
    case 10: {
      const lower = name.toLowerCase();
      if (lower === 'connection') g.connection = g.connection.concat(readTokens(value));
      else if (lower === 'keep-alive') g.keepAlive = value;
      return;
    }
    case 14:
      if (name.toLowerCase() === 'content-length') (g.lengths ??= []).push(value);
      return;
    case 17:
      if (name.toLowerCase() === 'transfer-encoding') g.codings = g.codings === null ? value : `${g.codings}, ${value}`;
      return;
  }
}

const KEEP_ALIVE = ['keep-alive'];
const CLOSE = ['close'];

/** Splits a comma list into lower-case tokens. */
export function readTokens(value: string): string[] {
  if (value === 'keep-alive' || value === 'Keep-Alive') return KEEP_ALIVE;
  if (value === 'close') return CLOSE;
  const tokens: string[] = [];
  for (const part of value.split(',')) {
    const token = part.trim().toLowerCase();
    if (token !== '') tokens.push(token);
  }
  return tokens;
}

/** RFC 9110 §8.6: 1*DIGIT and nothing else (no sign, no list, no space); null when it is not that. */
function readLength(value: string): number | null {
  if (value.length === 0 || value.length > 16) return null;
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if (code < 48 || code > 57) return null;
  }
  const length = Number(value);
  return Number.isSafeInteger(length) ? length : null;
}

/**
 * Reads a request head: everything before the empty line, lines separated by CRLF.
 * Returns the head, or the fault with the status to refuse with.
 */
export function readRequestHead(text: string): RequestHead | HeadFault {
  const lineEnd = text.indexOf('\r\n');
  const line = lineEnd < 0 ? text : text.slice(0, lineEnd);
  const methodEnd = line.indexOf(' ');
  const targetEnd = line.indexOf(' ', methodEnd + 1);
  if (methodEnd <= 0 || targetEnd < 0) return fault('the request line is not METHOD SP TARGET SP HTTP/1.1');
  const method = line.slice(0, methodEnd);
  if (!isToken(method)) return fault('the request method is not a token');
  const target = line.slice(methodEnd + 1, targetEnd);
  if (target === '') return fault('the request target is empty');
  for (let i = 0; i < target.length; i++) {
    const code = target.charCodeAt(i);
    if (code <= SP || code === 127) return fault('a control character in the request target');
  }
  const version = line.slice(targetEnd + 1);
  let minor: 0 | 1;
  if (version === 'HTTP/1.1') minor = 1;
  else if (version === 'HTTP/1.0') minor = 0;
  else if (/^HTTP\/\d\.\d$/.test(version) && !version.startsWith('HTTP/1'))
    return fault(`${version} is not spoken here`, 505);
  else return fault('the request line does not end with HTTP/1.1');

  const g = lineEnd < 0 ? readFields('', 0, false) : readFields(text, lineEnd + 2, false);
  if ('fault' in g) return g;
  if (g.hosts > 1) return fault('more than one Host header');
  if (g.hosts === 0 && minor === 1) return fault('no Host header in an HTTP/1.1 request');

  let framing: Framing = NONE;
  if (g.codings !== null) {
    if (g.lengths !== null) return fault('both Content-Length and Transfer-Encoding');
    if (minor === 0) return fault('Transfer-Encoding in an HTTP/1.0 request');
    if (g.codings.toLowerCase() !== 'chunked') {
      return /^[a-z-]+(?: *, *[a-z-]+)*, *chunked$/i.test(g.codings) && !/chunked *,/i.test(g.codings)
        ? fault(`transfer coding “${g.codings}” is not supported`, 501)
        : fault(`Transfer-Encoding “${g.codings}” does not end in exactly one chunked`);
    }
    framing = CHUNKED;
  } else if (g.lengths !== null) {
    if (g.lengths.length > 1) return fault('more than one Content-Length header');
    const length = readLength(g.lengths[0]!);
    if (length === null) return fault(`Content-Length “${g.lengths[0]!}” is not a plain number`);
    framing = { kind: 'length', length };
  }
  return {
    method,
    target,
    minor,
    fields: g.fields,
    host: g.host,
    framing,
    connection: g.connection,
    upgrade: g.upgrade,
    expectsContinue: g.expect === '100-continue',
  };
}

/**
 * Reads an answer's head: everything before the empty line. Faults are what no client should be
 * handed: a status line that is none, two different lengths, control bytes.
 */
export function readResponseHead(text: string): ResponseHead | HeadFault {
  let lineEnd = text.indexOf('\n');
  if (lineEnd < 0) lineEnd = text.length;
  const bareStatusLine = lineEnd < text.length && text.charCodeAt(lineEnd - 1) !== CR;
  const line = text.slice(0, lineEnd < text.length && !bareStatusLine ? lineEnd - 1 : lineEnd);
  // Reason may be absent with or without its space (RFC 9112 §4; real servers do both).
  if (!line.startsWith('HTTP/1.') || line.length < 12 || line.charCodeAt(8) !== SP)
    return fault('the answer does not start with an HTTP/1 status line');
  const minorCode = line.charCodeAt(7);
  if (minorCode !== 48 && minorCode !== 49) return fault('the answer is not HTTP/1.0 or HTTP/1.1');
  const status = readLength(line.slice(9, 12));
  if (status === null || status < 100) return fault(`“${line.slice(9, 12)}” is not a status code`);
  if (line.length > 12 && line.charCodeAt(12) !== SP) return fault('the status code has more than three digits');
  const reason = line.slice(13);
  for (let i = 0; i < reason.length; i++) {
    const code = reason.charCodeAt(i);
    if ((code < SP && code !== TAB) || code === 127) return fault('a control character in the reason phrase');
  }
  const g = readFields(text, lineEnd + 1, true);
  if ('fault' in g) return g;
  let repaired = g.repaired || bareStatusLine;
  let framing: Framing = UNTIL_CLOSE;
  if (g.codings !== null) {
    if (g.codings.toLowerCase() !== 'chunked')
      return fault(`transfer coding “${g.codings}” in the answer is not supported`);
    framing = CHUNKED;
    if (g.lengths !== null) {
      // RFC 9112 §6.3: Transfer-Encoding overrides, and a proxy must drop the length.
      dropFields(g.fields, 'content-length');
      repaired = true;
    }
  } else if (g.lengths !== null) {
    const length = readLength(g.lengths[0]!);
    if (length === null) return fault(`Content-Length “${g.lengths[0]!}” in the answer is not a plain number`);
    if (g.lengths.length > 1) {
      if (g.lengths.some((other) => other !== g.lengths![0]))
        return fault('the answer has two different Content-Length headers');
      keepFirst(g.fields, 'content-length');
      repaired = true;
    }
    framing = { kind: 'length', length };
  }
  return {
    status,
    reason,
    minor: minorCode === 49 ? 1 : 0,
    fields: g.fields,
    connection: g.connection,
    upgrade: g.upgrade,
    framing,
    keepAliveSeconds: readKeepAlive(g.keepAlive),
    repaired,
  };
}

/** RFC 9112 §6.3: which framing an answer has, given what was asked and how it was answered. */
export function answerFraming(head: ResponseHead, method: string): Framing {
  const { status } = head;
  if (status < 200 || status === 204 || status === 304 || method === 'HEAD') return NONE;
  return head.framing;
}

/** Reads trailer lines (each ended by CRLF, without the final empty line). */
export function readTrailers(text: string): Fields | HeadFault {
  const g = readFields(text, 0, false);
  return 'fault' in g ? g : g.fields;
}

function readKeepAlive(value: string | null): number | null {
  if (value === null) return null;
  const match = /timeout=(\d{1,6})/i.exec(value);
  return match === null ? null : Number(match[1]);
}

function dropFields(fields: Fields, name: string): void {
  for (let i = fields.length - 2; i >= 0; i -= 2) if (fields[i]!.toLowerCase() === name) fields.splice(i, 2);
}

function keepFirst(fields: Fields, name: string): void {
  let seen = false;
  for (let i = 0; i < fields.length;) {
    if (fields[i]!.toLowerCase() === name) {
      if (seen) {
        fields.splice(i, 2);
        continue;
      }
      seen = true;
    }
    i += 2;
  }
}
