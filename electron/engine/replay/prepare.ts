import { randomBytes, randomUUID } from 'node:crypto';
import type { Draft, DraftAuth, DraftProblem } from '../../../shared/model/replay.ts';
import { putVariables } from '../../../shared/replay/variables.ts';
import type { Secret } from '../archive/secrets.ts';
import { codingsOf } from '../store/content-coding.ts';
import { buildBody, ofBytes, type BuiltBody } from './build-body.ts';
import type { KeptBody } from './from-call.ts';
import { holdsMark, marksIn, putBack, secretsByMark, type Remembered } from './put-back.ts';
import {
  CREDENTIAL_FIELDS,
  hasChunks,
  replacedBy,
  protocolOf,
  readFields,
  readPlace,
  readWay,
  type ReadyRequest,
} from './to-request.ts';

/** What drafts are made ready with. */
export interface Surroundings {
  /** The secrets behind the marks of a call of this run. */
  secretsOf(call: number): Promise<readonly Secret[]>;
  bodyOf(call: number): Promise<KeptBody | null>;
  /** What takes secrets out of what is kept; the same rules as the recorder's. */
  redact: {
    headers(lines: string, of: 'request'): string;
    target(target: string): string;
    body(text: string, contentType: string | null, cut: boolean): string;
  };
  /** Of an environment; null: none was chosen. `secrets`: those of them that may be kept nowhere. Says why when it cannot tell. */
  variables(
    environment: string | null,
  ): Promise<{ values: ReadonlyMap<string, string>; secrets: ReadonlyMap<string, string> } | { says: string }>;
  /** A stored credential by its name; null when there is none. */
  credential(name: string): Promise<DraftAuth | null>;
}

export interface Prepared {
  request: ReadyRequest;
  body: BuiltBody | null;
  chunked: boolean;
  /** As what the body is said over a WebSocket. */
  opcode: 1 | 2;
  /** The credential as it is sent, for telling test keys; never shown. */
  credential: string;
}

/** Made here, anew for every sending. */
const MADE: Readonly<Record<string, () => string>> = {
  $uuid: randomUUID,
  $timestamp: () => String(Math.floor(Date.now() / 1000)),
  $isoTimestamp: () => new Date().toISOString(),
  $randomInt: () => String(randomBytes(4).readUInt32BE()),
};

/** Everything of a draft worked out, or all that stands in the way of it. Sends nothing. */
export async function prepare(
  draft: Draft,
  environment: string | null,
  around: Surroundings,
  own: Readonly<Record<string, string>> = {},
): Promise<{ ready: Prepared } | { problems: DraftProblem[] }> {
  const problems: DraftProblem[] = [];
  const note = (problem: DraftProblem): void => {
    if (!problems.some(({ place, says }) => place === problem.place && says === problem.says)) problems.push(problem);
  };
  const given = await around.variables(environment);
  if ('says' in given) return { problems: [{ place: 'environment', kind: 'variable', says: given.says }] };
  const { values, secrets: kept } = given;
  const fill = (text: string, place: string): string => {
    const { text: put, missing } = putVariables(text, (name) =>
      Object.hasOwn(own, name) ? own[name] : (values.get(name) ?? MADE[name]?.()),
    );
    for (const name of missing)
      note({
        place,
        kind: 'variable',
        says: `There is no variable “${name}”${environment === null ? ': choose an environment that has it.' : ` in ${environment}.`}`,
      });
    return put;
  };

  // 1. Credentials, which stand for those recorded.
  const auth = await authOf(draft.auth, around, note);
  const written = withAuth(draft, auth, fill);

  // 2. Secrets back into what was recorded; what is left of marks is never sent.
  const secrets =
    draft.origin === null || draft.auth.kind === 'none'
      ? new Map<string, readonly string[]>()
      : secretsByMark(await around.secretsOf(draft.origin));
  const back = (text: string, place: string, redact: (one: string) => string): string => {
    const done = putBack(text, secrets, redact, place === 'url');
    if (done.ok) return done.text;
    note(left(place, done.why));
    return text;
  };
  const headers = written.headers
    .filter(({ off }) => !off)
    .map(({ name, value, secret }) => ({
      name,
      off: false,
      value: secret
        ? value
        : back(fill(value, `header:${name}`), `header:${name}`, (one) =>
            around.redact.headers(`${name}: ${one}\r\n`, 'request'),
          ),
    }));
  const url = back(written.url, 'url', (one) => around.redact.target(one));

  // 3. The request itself.
  const place = readPlace(url);
  if ('says' in place && problems.length === 0) note(place);
  const method = fill(draft.method, 'method').trim();
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(method))
    note({ place: 'method', kind: 'syntax', says: `“${method}” is no method.` });
  if (method === 'CONNECT')
    note({ place: 'method', kind: 'syntax', says: 'CONNECT opens a tunnel and cannot be sent from here.' });
  if (!('says' in place) && place.socket && method !== 'GET')
    note({
      place: 'method',
      kind: 'syntax',
      says: 'A WebSocket is asked for with GET; what is to be said is the body.',
    });
  const way = readWay(draft.settings);
  if (way !== null && 'says' in way) note(way);
  const built = await readBody({ ...draft, headers }, around, fill, secrets);
  if ('problem' in built) note(built.problem);
  const text = 'problem' in built ? null : built.body;
  if (problems.length > 0 || 'says' in place || (way !== null && 'says' in way)) return { problems };
  const sent = { ...draft, headers };
  const { fields, problems: wrong } = readFields(sent, place, text, randomUUID);
  wrong.forEach(note);
  // Typed credentials and variables are put in as they are: the last look is at what would really leave.
  for (let i = 0; i < fields.length; i += 2)
    if (holdsMark(fields[i + 1]!))
      note(left(written.secret.includes(fields[i]!.toLowerCase()) ? 'auth' : `header:${fields[i]!}`, 'unknown'));
  if (holdsMark(place.target)) note(left('url', 'unknown'));
  await noteExposed(kept, fields, place.target, draft.body.kind === 'file' ? null : text, around, note);
  if (problems.length > 0) return { problems };
  return {
    ready: {
      request: {
        method,
        ...place,
        fields,
        protocol: place.socket ? 'http/1.1' : protocolOf(draft.settings.protocol, place.scheme),
        way,
        secret: written.secret,
      },
      body: text,
      chunked: hasChunks(sent),
      opcode: ['base64', 'file', 'protobuf'].includes(draft.body.kind) ? 2 : 1,
      credential: headers.find(({ name }) => CREDENTIAL_FIELDS.has(name.toLowerCase()))?.value ?? '',
    },
  };
}

async function authOf(
  auth: DraftAuth,
  around: Surroundings,
  note: (problem: DraftProblem) => void,
): Promise<DraftAuth> {
  if (auth.kind !== 'stored') return auth;
  const found = await around.credential(auth.name).catch((error: unknown) => {
    note({ place: 'auth', kind: 'credential', says: error instanceof Error ? error.message : String(error) });
    return null;
  });
  if (found !== null && found.kind !== 'stored') return found;
  note({ place: 'auth', kind: 'credential', says: `There is no stored credential “${auth.name}”.` });
  return { kind: 'none' };
}

interface Written {
  url: string;
  headers: { name: string; value: string; off: boolean; secret: boolean }[];
  /** Names of headers that carry the credential. */
  secret: string[];
}

/** The draft's lines and address with its credential in place of the recorded one. */
function withAuth(draft: Draft, auth: DraftAuth, fill: (text: string, place: string) => string): Written {
  const lines = draft.headers.map((one) => ({ ...one, secret: false }));
  const url = fill(draft.url, 'url');
  const isReplaced = replacedBy(auth);
  const kept = lines.filter(({ name }) => !isReplaced(name.toLowerCase()));
  const put = (name: string, value: string): Written => {
    const lower = name.toLowerCase();
    const at = lines.findIndex((one) => one.name.toLowerCase() === lower);
    // Where the recorded one stood; else at the end.
    const before =
      at < 0 ? kept.length : lines.slice(0, at).filter((one) => !isReplaced(one.name.toLowerCase())).length;
    kept.splice(before, 0, { name: at < 0 ? name : lines[at]!.name, value, off: false, secret: true });
    return { url, headers: kept, secret: [lower] };
  };
  switch (auth.kind) {
    case 'recorded':
    case 'stored':
      return { url, headers: lines, secret: [] };
    case 'none':
      return { url, headers: kept, secret: [] };
    case 'bearer':
      return put('Authorization', `Bearer ${fill(auth.token, 'auth')}`);
    case 'basic':
      return put(
        'Authorization',
        `Basic ${Buffer.from(`${fill(auth.user, 'auth')}:${fill(auth.password, 'auth')}`).toString('base64')}`,
      );
    case 'header':
      return put(auth.name, fill(auth.value, 'auth'));
    case 'query':
      return { url: withParameter(url, auth.name, fill(auth.value, 'auth')), headers: lines, secret: [] };
  }
}

function withParameter(url: string, name: string, value: string): string {
  const [whole = '', ...fragment] = url.split('#');
  const [base = '', query = ''] = whole.split(/\?(.*)/s, 2);
  const pair = `${encodeURIComponent(name)}=${encodeURIComponent(value)}`;
  const pairs = query === '' ? [] : query.split('&');
  const at = pairs.findIndex((one) => decode(one.split('=', 1)[0] ?? '') === name);
  if (at < 0) pairs.push(pair);
  else pairs[at] = pair;
  return `${base}?${pairs.join('&')}${fragment.length > 0 ? `#${fragment.join('#')}` : ''}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The body's bytes, with recorded secrets back in them. */
async function readBody(
  draft: Draft,
  around: Surroundings,
  fill: (text: string, place: string) => string,
  secrets: Remembered,
): Promise<{ body: BuiltBody | null } | { problem: DraftProblem }> {
  const type = draft.headers.find(({ name }) => name.toLowerCase() === 'content-type')?.value ?? null;
  if (draft.body.kind !== 'recorded') {
    const built = await buildBody(draft.body, fill, () => `sallyport-${randomBytes(12).toString('hex')}`);
    if ('problem' in built || built.body === null) return built;
    // A file or its parts are the user's own; everything else may hold what was recorded.
    if (draft.body.kind === 'file' || draft.body.kind === 'multipart' || draft.body.kind === 'protobuf')
      return checkTyped(draft, built.body);
    const pieces: Buffer[] = [];
    for await (const piece of built.body.read()) pieces.push(piece);
    const back = putBackBody(Buffer.concat(pieces), type, secrets, around);
    return 'problem' in back ? back : { body: ofBytes(back.bytes, built.body.contentType) };
  }
  const kept = await around.bodyOf(draft.body.call);
  const wrong = (says: string): { problem: DraftProblem } => ({ problem: { place: 'body', kind: 'body', says } });
  if (kept === null) return wrong('The recorded body was not kept. Write one, or choose a file.');
  if (kept.truncated !== null) return wrong('Not all of the recorded body was kept. Write one, or choose a file.');
  const bytes = Buffer.from(kept.bytes);
  if (codingsOf(kept.contentEncoding).length > 0 || !kept.redacted) return { body: ofBytes(bytes, null) };
  const own = draft.body.call === draft.origin ? secrets : secretsByMark(await around.secretsOf(draft.body.call));
  if (marksIn(bytes.toString('latin1')).length === 0) return { problem: left('body', 'hidden') };
  const back = putBackBody(bytes, type ?? kept.contentType, own, around);
  return 'problem' in back ? back : { body: ofBytes(back.bytes, null) };
}

function putBackBody(
  bytes: Buffer,
  type: string | null,
  secrets: Remembered,
  around: Surroundings,
): { bytes: Buffer } | { problem: DraftProblem } {
  const done = putBack(bytes.toString('latin1'), secrets, (one) => around.redact.body(one, type, false), isForm(type));
  return done.ok ? { bytes: Buffer.from(done.text, 'latin1') } : { problem: left('body', done.why) };
}

function isForm(type: string | null): boolean {
  return type !== null && /^application\/x-www-form-urlencoded/i.test(type);
}

/** What was typed beside files may hold a mark that was copied. */
function checkTyped(draft: Draft, body: BuiltBody): { body: BuiltBody } | { problem: DraftProblem } {
  return marksIn(JSON.stringify(draft.body)).length > 0 ? { problem: left('body', 'unknown') } : { body };
}

/** A secret stands only where the recorder takes it out again: elsewhere it would be kept in the clear. */
async function noteExposed(
  secrets: ReadonlyMap<string, string>,
  fields: readonly string[],
  target: string,
  body: BuiltBody | null,
  { redact }: Surroundings,
  note: (problem: DraftProblem) => void,
): Promise<void> {
  const told = (place: string, name: string): void =>
    note({
      place,
      kind: 'credential',
      says: `The secret “${name}” would be recorded in the clear here. Use it as a credential or in a field whose name says that it is secret, or add that name in Settings, Redaction.`,
    });
  const pieces: Buffer[] = [];
  if (secrets.size > 0 && body !== null && body.length <= MOST_SEARCHED)
    for await (const piece of body.read()) pieces.push(piece);
  const type = fields.findIndex((text, index) => index % 2 === 0 && text.toLowerCase() === 'content-type');
  const kept = redact.body(
    Buffer.concat(pieces).toString('latin1'),
    type < 0 ? null : (fields[type + 1] ?? null),
    false,
  );
  const keptTarget = redact.target(target);
  for (const [name, value] of secrets) {
    if (value === '') continue;
    const forms = new Set([
      value,
      encodeURIComponent(value),
      Buffer.from(value).toString('latin1'),
      JSON.stringify(value).slice(1, -1),
    ]);
    const holds = (text: string): boolean => [...forms].some((form) => text.includes(form));
    for (let i = 0; i < fields.length; i += 2)
      if (holds(redact.headers(`${fields[i]!}: ${fields[i + 1]!}\r\n`, 'request'))) told(`header:${fields[i]!}`, name);
    if (holds(keptTarget)) told('url', name);
    if (holds(kept)) told('body', name);
  }
}

/** Larger bodies are files, which are the user's own. */
const MOST_SEARCHED = 16 * 1024 * 1024;

/** Why something of a draft is not what was sent, and what to do about it. */
function left(place: string, why: 'unknown' | 'differs' | 'hidden'): DraftProblem {
  const what = place === 'body' ? 'A value of the body' : place === 'url' ? 'A value of the address' : 'The value';
  const cause = {
    unknown: 'was redacted, and this run does not remember it',
    differs: 'was redacted, and cannot be put back exactly',
    hidden: 'was redacted inside of encoded text, and cannot be put back',
  }[why];
  const remedy =
    place === 'body' ? 'Type it, or use a variable.' : 'Type it, use a variable, or choose other credentials.';
  return { place, kind: 'redacted', says: `${what} ${cause}. ${remedy}` };
}
