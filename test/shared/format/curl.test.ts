import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createServer2 } from 'node:http2';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toCurl } from '../../../shared/format/curl.ts';
import type { BodyContent } from '../../../shared/format/body-content.ts';
import { readBodyContent } from '../../../electron/content/body-content.ts';
import type { Call, Header } from '../../../shared/model/call.ts';
import { bodyFacts, makeCall, NO_BODY } from '../../fixtures/calls.ts';

/** The commands are run by the real bash and curl; what arrives is held against what was recorded. */

interface Received {
  method: string;
  target: string;
  headers: Header[];
  body: Buffer;
  version: string;
}

let server: Server;
let server2: Server;
let receive: (request: Received) => void = () => {};

beforeAll(async () => {
  // Bytes, not node:http, so that nothing is tidied up before it is compared.
  server = createServer((socket) => {
    let seen = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      seen = Buffer.concat([seen, chunk]);
      const end = seen.indexOf('\r\n\r\n');
      if (end < 0) return;
      const [first = '', ...lines] = seen.toString('latin1', 0, end).split('\r\n');
      const headers = lines.map((line): Header => [
        line.slice(0, line.indexOf(':')),
        line.slice(line.indexOf(':') + 1).replace(/^ /, ''),
      ]);
      const length = Number(headers.find(([name]) => name === 'Content-Length')?.[1] ?? 0);
      if (seen.length < end + 4 + length) return;
      const [method = '', target = '', version = ''] = first.split(' ');
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
      receive({ method, target, version, headers, body: seen.subarray(end + 4) });
    });
    socket.on('error', () => {});
  });
  server2 = createServer2((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const headers: Header[] = [];
      for (let i = 0; i < request.rawHeaders.length; i += 2)
        headers.push([request.rawHeaders[i] ?? '', request.rawHeaders[i + 1] ?? '']);
      response.end('ok');
      receive({
        method: request.method,
        target: request.url,
        headers,
        body: Buffer.concat(chunks),
        version: request.httpVersion,
      });
    });
  });
  for (const each of [server, server2]) await once(each.listen(0, '127.0.0.1'), 'listening');
});

afterAll(() => {
  server.close();
  server2.close();
});

async function runCommand(command: string): Promise<{ code: number; stderr: string }> {
  // As a script on standard input: one argument could not hold a long body.
  const child = spawn('bash', ['-s'], {
    env: { PATH: process.env['PATH'], LC_ALL: 'C' },
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  child.stdin.end(command.replaceAll('curl \\\n', 'curl --silent --show-error --noproxy "*" --max-time 20 \\\n'));
  const [code] = (await once(child, 'close')) as [number];
  return { code, stderr };
}

async function repeat(
  change: Partial<Call>,
  body: Buffer | null,
  over: 'h1' | 'h2' = 'h1',
): Promise<{ call: Call; got: Received; command: string }> {
  const { port } = (over === 'h1' ? server : server2).address() as AddressInfo;
  const protocol = over === 'h1' ? 'http/1.1' : 'h2';
  const call = makeCall({
    scheme: 'http',
    host: '127.0.0.1',
    port,
    protocol,
    clientProtocol: protocol,
    requestHeaders: [],
    requestBody: body ? bodyFacts(body.length) : NO_BODY,
    ...change,
  });
  const arrived = new Promise<Received>((resolve) => (receive = resolve));
  const command = toCurl(call, body ? readBodyContent(body, null) : null);
  const { code, stderr } = await runCommand(command);
  if (code !== 0) throw new Error(`curl said ${code}: ${stderr}\n${command}`);
  return { call, got: await arrived, command };
}

/** Without what belongs to one connection or is made from the body. */
function without(headers: readonly Header[]): Header[] {
  return headers.filter(
    ([name]) => !['host', 'content-length', 'connection', 'transfer-encoding'].includes(name.toLowerCase()),
  );
}

describe('the command sends the recorded request again', () => {
  test('method, target and headers in order, with case, duplicates and Latin-1 bytes', async () => {
    const requestHeaders: Header[] = [
      ['User-Agent', 'billing/1.0'],
      ['X-Empty', ''],
      ['X-Dup', 'one'],
      ['x-dup', 'two'],
      ['X-Latin', 'caf\xe9 \xff'],
      ['X-Quotes', `it's "so" $HOME \`id\` \\n !x %s`],
      ['Accept', 'application/json'],
      ['X-Tab', 'a\tb'],
      ['X-At', '@/etc/passwd'],
    ];
    const { got } = await repeat(
      { method: 'DELETE', path: '/a/../b/./c', query: '?x=%20&y={1,2}[3]', requestHeaders },
      null,
    );
    expect(got.method).toBe('DELETE');
    expect(got.target).toBe('/a/../b/./c?x=%20&y={1,2}[3]');
    expect(without(got.headers)).toEqual(requestHeaders);
  });

  test('headers that curl would add are not added', async () => {
    const { got } = await repeat({ method: 'POST', requestHeaders: [['X-Only', '1']] }, Buffer.from('a=1'));
    expect(without(got.headers)).toEqual([['X-Only', '1']]);
  });

  test('an empty body stays an empty body, and a chunked one chunked', async () => {
    const empty = await repeat({ method: 'POST', requestHeaders: [['Content-Length', '0']] }, null);
    expect(empty.got.headers).toContainEqual(['Content-Length', '0']);
    expect(without(empty.got.headers)).toEqual([]);
    const { got } = await repeat(
      { method: 'PUT', requestHeaders: [['Transfer-Encoding', 'chunked']] },
      Buffer.from('a=1'),
    );
    expect(got.headers).toContainEqual(['Transfer-Encoding', 'chunked']);
  });

  test('another Host than the address says is kept', async () => {
    const { got } = await repeat(
      {
        method: 'GET',
        requestHeaders: [
          ['Host', 'virtual.example'],
          ['Accept', '*/*'],
        ],
      },
      null,
    );
    expect(got.headers).toContainEqual(['Host', 'virtual.example']);
  });

  test.each(['HEAD', 'GET', 'POST', 'PATCH', 'OPTIONS', 'PURGE'])('%s without a body', async (method) => {
    const { got } = await repeat({ method }, null);
    expect([got.method, got.body.length]).toEqual([method, 0]);
  });

  test('OPTIONS *', async () => {
    const { got } = await repeat({ method: 'OPTIONS', path: '*', query: '' }, null);
    expect(got.target).toBe('*');
  });

  test('a GET with a body stays a GET', async () => {
    const { got } = await repeat({ method: 'GET' }, Buffer.from('{"q":1}'));
    expect([got.method, got.body.toString()]).toEqual(['GET', '{"q":1}']);
  });

  test.each([
    ['an empty body', Buffer.alloc(0)],
    ['a body that looks like a file name', Buffer.from('@/etc/passwd')],
    ['newlines and carriage returns', Buffer.from('a\r\nb\n\n')],
    ['NUL and invalid UTF-8', Buffer.from([0, 1, 0xff, 0xfe, 0x0a])],
    ['terminal escapes', Buffer.from('\u001b[2J\u202edrow\u009b')],
    ['all bytes', Buffer.from(Array.from({ length: 256 }, (_, i) => i))],
    ['long text', Buffer.from(`it's long! \n`.repeat(30_000))],
    ['long binary', Buffer.alloc(1_500_000, 0xfe)],
    ['a byte order mark', Buffer.from('\ufeffx')],
    ['gzip left on', Buffer.from([0x1f, 0x8b, 8, 0, 0])],
  ])('%s', async (_name, body) => {
    const { got } = await repeat({ method: 'POST', requestHeaders: [['Content-Type', 'x/y']] }, body);
    expect(got.body.equals(body)).toBe(true);
    expect(without(got.headers)).toEqual([['Content-Type', 'x/y']]);
  });

  test('over HTTP/2', async () => {
    const { got } = await repeat(
      {
        method: 'PUT',
        requestHeaders: [
          ['x-a', '1'],
          ['x-a', '2'],
        ],
      },
      Buffer.from('hi'),
      'h2',
    );
    expect([got.version, got.method, got.body.toString()]).toEqual(['2.0', 'PUT', 'hi']);
    expect(got.headers.filter(([name]) => name === 'x-a').map(([, value]) => value)).toEqual(['1', '2']);
  });

  test('whatever the target, header value and body', async () => {
    const targetChar = fc.oneof(
      fc.constantFrom(...'abc/.?&=%20[]{}\'"`$!#~^|<>\\;*()@:,+-_'),
      fc.constantFrom('\xe9', '\xff'),
    );
    const target = fc.string({ unit: targetChar, maxLength: 12 });
    const value = fc.string({
      unit: fc
        .integer({ min: 0x21, max: 0xff })
        .filter((code) => code < 0x7f || code > 0x9f)
        .map((code) => String.fromCharCode(code)),
      minLength: 1,
      maxLength: 12,
    });
    const body = fc.oneof(
      fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
      fc.string({ unit: 'binary', maxLength: 20 }).map((text) => Buffer.from(text)),
    );
    await fc.assert(
      fc.asyncProperty(target, value, body, async (path, header, bytes) => {
        const { got } = await repeat(
          { method: 'POST', path: `/${path.replaceAll('?', '')}`, query: '', requestHeaders: [['X-V', header]] },
          bytes,
        );
        expect(got.target).toBe(`/${path.replaceAll('?', '')}`);
        expect(without(got.headers)).toEqual([['X-V', header]]);
        expect(got.body.equals(bytes)).toBe(true);
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});

describe('what cannot be repeated is said', () => {
  const none: BodyContent | null = null;

  test('redacted values stay redacted and a comment names the header', () => {
    const command = toCurl(makeCall({ requestHeaders: [['Authorization', 'Bearer ***1234(0a1b2c3d)']] }), none);
    expect(command).toMatch(/^# The value of Authorization was redacted/);
    expect(command).toContain('Authorization: Bearer ***1234(0a1b2c3d)');
  });

  test('a cut body', () => {
    expect(
      toCurl(makeCall({ requestBody: bodyFacts(100, { capturedBytes: 10, truncated: 'limit' }) }), {
        text: 'x',
        bytes: 1,
      }),
    ).toMatch(/^# Only 10 of 100 bytes/);
  });

  test('a tunnel', () => {
    expect(toCurl(makeCall({ kind: 'tunnel', scheme: 'tls', path: '' }), none)).toMatch(/^# This call was a tunnel/);
  });

  test('an encoded answer is decoded on arrival, with the accepted codings as recorded', () => {
    const command = toCurl(
      makeCall({ method: 'GET', requestHeaders: [['Accept-Encoding', 'gzip, br']], requestBody: NO_BODY }),
      none,
    );
    expect(command).toContain(`--header 'Accept-Encoding: gzip, br' \\\n  --compressed`);
  });

  test('a coded body of which only the text was kept', () => {
    const call = makeCall({
      requestHeaders: [
        ['Content-Encoding', 'gzip'],
        ['Content-Type', 'text/plain'],
      ],
    });
    const command = toCurl(call, { text: 'hi', bytes: 2 }, true);
    expect(command).toMatch(/^# The body was sent in gzip; only its redacted text was kept/);
    expect(command).not.toContain("--header 'Content-Encoding");
    expect(toCurl(call, { text: 'hi', bytes: 2 })).toContain("--header 'Content-Encoding: gzip'");
  });

  test('http/2 to https', () => {
    expect(toCurl(makeCall({ protocol: 'h2' }), none)).toContain('--http2 ');
  });
});
