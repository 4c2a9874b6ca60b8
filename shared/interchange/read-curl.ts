import { USUAL_SETTINGS, type Draft, type DraftBody, type DraftPart } from '../model/replay.ts';
import { escapeVariables } from '../replay/variables.ts';
import { shellWords } from './shell-words.ts';

/** What a cURL command asks for; `says`: what of it is not carried over, in sentences. */
export interface ReadCurl {
  draft: Omit<Draft, 'id'>;
  says: string[];
}

/** Options that take a value, by their long names; null: it means nothing for a request that is sent from here. */
const TAKES: Readonly<Record<string, string | null>> = {
  request: 'method',
  header: 'header',
  data: 'data',
  'data-ascii': 'data',
  'data-raw': 'raw',
  'data-binary': 'binary',
  'data-urlencode': 'urlencode',
  json: 'json',
  form: 'form',
  'form-string': 'form-string',
  user: 'user',
  cookie: 'cookie',
  'user-agent': 'agent',
  referer: 'referer',
  url: 'url',
  'upload-file': 'upload',
  'oauth2-bearer': 'bearer',
  'max-time': 'time',
  'max-redirs': 'redirects',
  'connect-to': 'connect',
  proxy: 'unknown',
  'proxy-user': 'unknown',
  cert: 'unknown',
  key: 'unknown',
  cacert: 'unknown',
  resolve: 'unknown',
  range: 'range',
  output: null,
  'write-out': null,
  'connect-timeout': null,
  retry: null,
  'cookie-jar': null,
  'dump-header': null,
  'max-filesize': null,
  config: 'unknown',
  'url-query': 'url-query',
};
const FLAGS: Readonly<Record<string, string | null>> = {
  get: 'get',
  head: 'head',
  location: 'location',
  compressed: 'compressed',
  http1_1: 'http1.1',
  'http1.1': 'http1.1',
  http2: 'http2',
  'http2-prior-knowledge': 'http2',
  insecure: 'insecure',
  silent: null,
  'show-error': null,
  verbose: null,
  include: null,
  fail: null,
  'fail-with-body': null,
  'no-buffer': null,
  globoff: null,
  'remote-name': null,
  'progress-bar': null,
  'path-as-is': null,
  ipv4: null,
  ipv6: null,
};
const SHORT: Readonly<Record<string, string>> = {
  X: 'request',
  H: 'header',
  d: 'data',
  F: 'form',
  u: 'user',
  b: 'cookie',
  A: 'user-agent',
  e: 'referer',
  T: 'upload-file',
  m: 'max-time',
  o: 'output',
  w: 'write-out',
  x: 'proxy',
  E: 'cert',
  r: 'range',
  c: 'cookie-jar',
  D: 'dump-header',
  K: 'config',
  G: 'get',
  I: 'head',
  L: 'location',
  k: 'insecure',
  s: 'silent',
  S: 'show-error',
  v: 'verbose',
  i: 'include',
  f: 'fail',
  N: 'no-buffer',
  g: 'globoff',
  O: 'remote-name',
  '#': 'progress-bar',
  '4': 'ipv4',
  '6': 'ipv6',
};

/** Whether a text is meant as a cURL command. */
export function isCurl(text: string): boolean {
  return /^\s*(?:\$\s+)?curl(?:\.exe)?\s/.test(text);
}

/** Reads a cURL command as people copy it from browsers, documents and terminals; says why it cannot otherwise. */
export function readCurl(text: string): ReadCurl | { says: string } {
  const words = shellWords(text.trim().replace(/^\$\s+/, ''));
  if (words === null) return { says: 'A quote of the command is not closed.' };
  if (!/^curl(?:\.exe)?$/.test(words[0] ?? '')) return { says: 'The command is no cURL command.' };
  const request = collect(words.slice(1));
  return 'says' in request ? request : { draft: draftOf(request), says: request.notes };
}

interface Collected {
  method: string | null;
  urls: string[];
  headers: [name: string, value: string][];
  /** As they were given; joined with `&`. */
  data: string[];
  file: string | null;
  parts: DraftPart[];
  json: boolean;
  get: boolean;
  head: boolean;
  query: string[];
  user: string | null;
  bearer: string | null;
  settings: Draft['settings'];
  notes: string[];
}

function collect(words: readonly string[]): Collected | { says: string } {
  const found: Collected = {
    method: null,
    urls: [],
    headers: [],
    data: [],
    file: null,
    parts: [],
    json: false,
    get: false,
    head: false,
    query: [],
    user: null,
    bearer: null,
    settings: { ...USUAL_SETTINGS, idempotency: 'same' },
    notes: [],
  };
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    // What comes after is another program's, or goes into a file.
    if (/^(?:\||\|\||&&|;|>|>>|2>.*)$/.test(word)) {
      found.notes.push(`What stands behind “${word}” was left out.`);
      break;
    }
    if (!word.startsWith('-') || word === '-') {
      found.urls.push(word);
      continue;
    }
    const options = word.startsWith('--') ? [longOption(word)] : shortOptions(word);
    for (const { name, value: glued } of options) {
      if (Object.hasOwn(TAKES, name)) {
        const value = glued ?? words[(at += 1)];
        if (value === undefined) return { says: `After ${word} a value is missing.` };
        take(found, name, value);
      } else if (Object.hasOwn(FLAGS, name)) flag(found, name);
      else found.notes.push(`${word} is not known here and was left out.`);
    }
  }
  return found.urls.length === 0 ? { says: 'The command names no address.' } : found;
}

function longOption(word: string): { name: string; value: string | undefined } {
  const [name = '', value] = word.slice(2).split(/=(.*)/s, 2);
  return { name, value };
}

/** `-sSL`, `-XPOST`, `-Hname: value`. */
function shortOptions(word: string): { name: string; value: string | undefined }[] {
  const found: { name: string; value: string | undefined }[] = [];
  for (let at = 1; at < word.length; at += 1) {
    const name = SHORT[word.charAt(at)] ?? word.charAt(at);
    if (Object.hasOwn(TAKES, name)) {
      found.push({ name, value: word.slice(at + 1) || undefined });
      return found;
    }
    found.push({ name, value: undefined });
  }
  return found;
}

function take(found: Collected, name: string, value: string): void {
  switch (TAKES[name]) {
    case 'method':
      found.method = value;
      break;
    case 'url':
      found.urls.push(value);
      break;
    case 'header': {
      const line = /^([^:;]+?)\s*(?::\s?(.*)|;)$/s.exec(value);
      if (line === null) found.notes.push(`The header “${value}” was left out: it has no name and value.`);
      // `Name:` takes a header away that curl would send by itself; `Name;` sends an empty one.
      else if (line[2] !== '') found.headers.push([line[1] ?? '', line[2] ?? '']);
      break;
    }
    case 'data':
    case 'binary':
      takeData(found, value);
      break;
    case 'raw':
      found.data.push(value);
      break;
    case 'json':
      found.json = true;
      takeData(found, value);
      break;
    case 'urlencode': {
      const [, key = '', rest = ''] = /^([^=@]*)=?(.*)$/s.exec(value) ?? [];
      if (/^[^=]*@/.test(value)) found.notes.push(`--data-urlencode ${value} reads a file, which was left out.`);
      else
        found.data.push(
          value.includes('=') && key !== ''
            ? `${key}=${encodeURIComponent(rest)}`
            : encodeURIComponent(value.replace(/^=/, '')),
        );
      break;
    }
    case 'form':
    case 'form-string':
      takePart(found, value, TAKES[name] === 'form');
      break;
    case 'user':
      found.user = value;
      break;
    case 'bearer':
      found.bearer = value;
      break;
    case 'cookie':
      if (value.includes('=')) found.headers.push(['Cookie', value]);
      else found.notes.push(`The cookies of the file ${value} were left out.`);
      break;
    case 'agent':
      found.headers.push(['User-Agent', value]);
      break;
    case 'referer':
      found.headers.push(['Referer', value.replace(/;auto$/, '')]);
      break;
    case 'range':
      found.headers.push(['Range', `bytes=${value}`]);
      break;
    case 'upload':
      found.file = value;
      found.method ??= 'PUT';
      break;
    case 'time':
      found.settings = { ...found.settings, timeoutMs: Math.round(Number(value) * 1000) || 0 };
      break;
    case 'redirects':
      found.settings = { ...found.settings, redirects: Math.min(20, Math.max(0, Number(value) || 0)) };
      break;
    case 'connect': {
      const [, host = '', port = ''] = /^[^:]*:[^:]*:([^:]+):(\d+)$/.exec(value) ?? [];
      if (host === '') found.notes.push(`--connect-to ${value} was left out.`);
      else found.settings = { ...found.settings, connectTo: `${host}:${port}` };
      break;
    }
    case 'url-query':
      found.query.push(value);
      break;
    case null:
    case undefined:
      break;
    default:
      found.notes.push(`--${name} was left out: see Options and Settings here.`);
  }
}

function takeData(found: Collected, value: string): void {
  if (!value.startsWith('@')) found.data.push(value);
  else if (found.file === null) found.file = value.slice(1);
  else found.notes.push(`The file ${value.slice(1)} was left out: a body is one file.`);
}

function takePart(found: Collected, value: string, mayName: boolean): void {
  const [name = '', rest = ''] = value.split(/=(.*)/s, 2);
  const part: DraftPart = { name, value: null, file: null, fileName: null, contentType: null };
  if (!mayName || !/^[@<]/.test(rest)) {
    const [, content = rest, type] = (mayName ? /^(.*);type=([^;]*)$/s.exec(rest) : null) ?? [];
    found.parts.push({ ...part, value: escapeVariables(content), contentType: type ?? null });
  } else {
    const [path = '', ...facts] = rest.slice(1).split(';');
    const fact = (key: string): string | null =>
      facts
        .find((one) => one.startsWith(`${key}=`))
        ?.slice(key.length + 1)
        .replace(/^"|"$/g, '') ?? null;
    found.parts.push({ ...part, file: path, fileName: fact('filename'), contentType: fact('type') });
  }
}

function flag(found: Collected, name: string): void {
  switch (FLAGS[name]) {
    case 'get':
      found.get = true;
      break;
    case 'head':
      found.head = true;
      break;
    case 'location':
      found.settings = { ...found.settings, redirects: Math.max(10, found.settings.redirects) };
      break;
    case 'compressed':
      found.headers.push(['Accept-Encoding', 'deflate, gzip, br, zstd']);
      break;
    case 'http1.1':
      found.settings = { ...found.settings, protocol: 'http/1.1' };
      break;
    case 'http2':
      found.settings = { ...found.settings, protocol: 'h2' };
      break;
    case 'insecure':
      found.notes.push('-k was left out: certificates are always checked. Add yours under Options, Also trust.');
      break;
    default:
      break;
  }
}

function draftOf(found: Collected): Omit<Draft, 'id'> {
  const [first = '', ...others] = found.urls;
  if (others.length > 0)
    found.notes.push(`Only the first address was taken; ${others.length} more stand in the command.`);
  let url = /^[a-z][a-z0-9+.-]*:\/\//i.test(first) ? first : `http://${first}`;
  const query = [...found.query, ...(found.get ? found.data : [])];
  if (query.length > 0) url = withQuery(url, query.join('&'));
  const has = (name: string): boolean => found.headers.some(([one]) => one.toLowerCase() === name);
  const body = bodyOf(found);
  const headers = [...found.headers];
  if (found.json) {
    if (!has('content-type')) headers.push(['Content-Type', 'application/json']);
    if (!has('accept')) headers.push(['Accept', 'application/json']);
  } else if (body.kind === 'text' && !has('content-type'))
    headers.push(['Content-Type', 'application/x-www-form-urlencoded']);
  const [user = '', password = ''] = (found.user ?? '').split(/:(.*)/s, 2);
  return {
    name: null,
    origin: null,
    method: found.method ?? (found.head ? 'HEAD' : body.kind === 'none' ? 'GET' : 'POST'),
    url: escapeVariables(url),
    headers: headers.map(([name, value]) => ({ name, value: escapeVariables(value), off: false })),
    body,
    auth:
      found.bearer !== null
        ? { kind: 'bearer', token: escapeVariables(found.bearer) }
        : found.user !== null
          ? { kind: 'basic', user: escapeVariables(user), password: escapeVariables(password) }
          : { kind: 'recorded' },
    settings: found.settings,
  };
}

function bodyOf({ parts, file, data, json, get, head, notes }: Collected): DraftBody {
  if (parts.length > 0) {
    if (data.length > 0 || file !== null) notes.push('-d was left out: a form with parts was given beside it.');
    return { kind: 'multipart', parts, boundary: null };
  }
  if (get || head) {
    if (file !== null) notes.push(`The file ${file} was left out: its content would go into the address.`);
    return { kind: 'none' };
  }
  if (file !== null) {
    if (data.length > 0) notes.push(`The body is the file ${file}; what else was given was left out.`);
    return { kind: 'file', path: file };
  }
  return data.length === 0 ? { kind: 'none' } : { kind: 'text', text: escapeVariables(data.join(json ? '' : '&')) };
}

function withQuery(url: string, query: string): string {
  const [base = '', fragment] = url.split(/#(.*)/s, 2);
  return `${base}${base.includes('?') ? '&' : '?'}${query}${fragment === undefined ? '' : `#${fragment}`}`;
}
