import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sallyport, start } from '../harness/command.ts';

/** `sallyport replay` as scripts and build servers use it: it starts an engine of its own, sends, judges, and ends with a code. */

let folder: string;
let server: Server;
let origin: string;
/** What every answer holds as `given`. */
let said: string | undefined;
const came: { method: string; url: string; headers: Record<string, unknown>; body: string }[] = [];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-replay-'));
  server = createServer((asked, answer) => {
    let body = '';
    asked.on('data', (piece: Buffer) => (body += piece.toString()));
    asked.on('end', () => {
      came.push({ method: asked.method ?? '', url: asked.url ?? '', headers: asked.headers, body });
      answer.writeHead(asked.url === '/broken' ? 500 : 200, { 'content-type': 'application/json' });
      answer.end(JSON.stringify({ n: came.length, said: body, given: said }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

const replay = (...args: string[]) => sallyport(['replay', '--data', join(folder, 'data'), ...args]);
function file(name: string, text: string): string {
  const path = join(folder, `${name}.request.yaml`);
  writeFileSync(path, text.replaceAll('ORIGIN', origin));
  return path;
}

test('a file is sent, judged by its own expectations and those given, and told as JUnit', async () => {
  const path = file(
    'post',
    'method: POST\nurl: ORIGIN/things\nheaders: [{ X-One: "{{one}}" }]\nbody: hello\nassert: [status == 200]\n',
  );
  const { code, stdout, stderr } = await replay(
    path,
    '--var',
    'one=1',
    '--assert',
    '$.said == hello',
    '--format',
    'junit',
  );
  expect(stderr).toBe('');
  expect(code).toBe(0);
  expect(stdout).toContain('tests="1" failures="0"');
  expect(came.at(-1)).toMatchObject({ method: 'POST', url: '/things', body: 'hello', headers: { 'x-one': '1' } });
});

test('what does not pass ends with 1 and stops the rest, unless told to go on', async () => {
  const [bad, good] = [file('bad', 'url: ORIGIN/broken\n'), file('good', 'url: ORIGIN/fine\n')];
  const stopped = await replay(bad, good, '--format', 'ndjson');
  expect(stopped.code).toBe(1);
  expect(stopped.stdout.trim().split('\n').length).toBe(1);
  expect(stopped.stderr).toContain('1 were not sent');
  const all = await replay(bad, good, '--format', 'ndjson', '--go-on');
  expect(all.code).toBe(1);
  expect(
    all.stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { passed: boolean }).passed),
  ).toEqual([false, true]);
});

test('requests are changed on the way, and a dry run sends none of them', async () => {
  const path = file(
    'change',
    'method: POST\nurl: ORIGIN/a?x=1\nheaders: [{ X-Old: a }, { Content-Type: application/json }]\nbody: \'{"id": 12345678901234567890, "deep": [1, {"a": 2}]}\'\n',
  );
  const set = [
    '--set',
    'header.x-old=',
    '--set',
    'header.x-new=b',
    '--set',
    'query.x=2',
    '--set',
    'body.$.deep[1].a="z"',
    '--set',
    'method=put',
  ];
  const count = came.length;
  const dry = await replay(path, ...set, '--dry-run');
  expect([dry.code, came.length]).toEqual([0, count]);
  expect(dry.stdout).toContain(`would send  PUT ${origin}/a?x=2`);
  expect((await replay(path, ...set)).code).toBe(0);
  expect(came.at(-1)).toMatchObject({
    method: 'PUT',
    url: '/a?x=2',
    body: '{"id":12345678901234567890,"deep":[1,{"a":"z"}]}',
  });
  expect(came.at(-1)?.headers).toMatchObject({ 'x-new': 'b' });
  expect(came.at(-1)?.headers).not.toHaveProperty('x-old');
});

test('recorded calls are sent by a filter, as often as was asked for, without those sent before', async () => {
  const before = came.length;
  const { code, stdout } = await replay('path:/fine', '--times', '2', '--rate', '50/s', '--yes', '--format', 'ndjson');
  expect(code).toBe(1);
  expect(stdout).toBe('');
  // Everything so far was a replay; asked for by name they count.
  const { code: again } = await replay('path:/fine source:replay', '--limit', '1', '--times', '2', '--rate', '50/s');
  expect([again, came.length - before]).toEqual([0, 2]);
});

test('mistakes are told with their place, and nothing is sent', async () => {
  const count = came.length;
  const cases: [string[], number, RegExp][] = [
    [
      [file('typo', 'url: ORIGIN/\nbdy: x\n')],
      2,
      /typo\.request\.yaml:2:1: There is no “bdy” here\. Did you mean “body”\?/,
    ],
    [[file('ok', 'url: ORIGIN/\n'), '--assert', 'stats == 1'], 2, /An expectation begins with/],
    [[file('var', 'url: ORIGIN/{{nobody}}\n')], 1, /There is no variable “nobody”/],
    [[file('set', 'url: ORIGIN/\n'), '--set', 'colour=red'], 2, /--set colour=… is not known/],
    [[join(folder, 'nothing.request.yaml')], 2, /There is no file/],
    [['999999'], 1, /There is no call 999999/],
    [['1', '--rate', 'fast'], 2, /It must be a rate like/],
    [['method:'], 2, /The filter cannot be read/],
  ];
  for (const [args, expected, says] of cases) {
    const { code, stderr } = await replay(...args);
    expect([args.join(' '), code, stderr]).toEqual([args.join(' '), expected, expect.stringMatching(says)]);
  }
  expect(came.length).toBe(count);
});

test('what may do harm is not sent without a terminal to ask on, or --yes', async () => {
  const path = file('harm', 'method: POST\nurl: https://api.shop.com/orders\n');
  const { code, stderr } = await replay(path);
  expect(code).toBe(2);
  expect(stderr).toContain('POST to api.shop.com may be done a second time.');
  expect(stderr).toContain('--yes');
});

test('a value of one answer goes into the next request', async () => {
  const login = file(
    'login',
    'method: POST\nurl: ORIGIN/login\nbody: fresh-token\nextract: { token: $.said, kind: header content-type }\n',
  );
  const use = file('use', 'url: ORIGIN/use?kind={{kind}}\nauth: { bearer: "{{token}}" }\n');
  expect((await replay(login, use)).code).toBe(0);
  expect(came.at(-1)).toMatchObject({
    headers: { authorization: 'Bearer fresh-token' },
    url: '/use?kind=application/json',
  });
  const missing = file('missing', 'url: ORIGIN/login\nextract: { token: $.nothing }\n');
  const { code, stderr } = await replay(missing, use, '--var', 'kind=x');
  expect(code).toBe(1);
  expect(stderr).toContain('There is no value for “token” in the answer.');
  expect((await replay(use, login)).stderr).toContain('There is no variable');
});

test('environments are set and used from the command line; secrets come by standard input alone', async () => {
  const environment = (args: string[], input = '') => {
    const child = start(['environment', ...args, '--data', join(folder, 'data')]);
    child.stdin.end(input);
    return new Promise<{ code: number | null; said: string }>((resolve) => {
      let said = '';
      child.stdout.on('data', (piece: Buffer) => (said += piece.toString()));
      child.stderr.on('data', (piece: Buffer) => (said += piece.toString()));
      child.on('close', (code) => resolve({ code, said }));
    });
  };
  const secret = ['typed', 'by', 'nobody'].join('-');
  expect((await environment(['set', 'staging', `base=${origin}`])).code).toBe(0);
  expect((await environment(['set', 'staging', 'token', '--secret'], `${secret}\n`)).code).toBe(0);
  expect(await environment(['set', 'staging', 'token=x', '--secret'])).toMatchObject({
    code: 2,
    said: expect.stringContaining('not given as an argument'),
  });
  const { said } = await environment(['list']);
  expect(said).toMatch(/staging +base +http/);
  expect(said).toMatch(/staging +token +\(secret\)/);
  expect(said).not.toContain(secret);
  const path = file('env', 'url: "{{base}}/env"\nauth: { bearer: "{{token}}" }\n');
  expect((await replay(path, '--env', 'staging')).code).toBe(0);
  expect(came.at(-1)).toMatchObject({ url: '/env', headers: { authorization: `Bearer ${secret}` } });
  expect((await replay(path, '--env', 'stagin')).stderr).toContain('did you mean “staging”?');
});

test('recorded calls are sent as a chain: the new answers’ values go where the recorded ones went', async () => {
  const first = await replay(file('begin', 'url: ORIGIN/begin\n'), '--format', 'ndjson');
  const one = (JSON.parse(first.stdout) as { call: number }).call;
  // What the origin said goes into the next: a value that is another one each time.
  const token = `token-number-${came.length}`;
  said = token;
  const begun = await replay(String(one), '--format', 'ndjson');
  const login = (JSON.parse(begun.stdout) as { call: number }).call;
  const used = await replay(file('used', `url: ORIGIN/used\nheaders: [{ X-Ref: ${token} }]\n`), '--format', 'ndjson');
  const use = (JSON.parse(used.stdout) as { call: number }).call;
  said = 'another-token-entirely';
  const { code, stderr } = await replay(String(login), String(use), '--chain');
  expect([code, stderr]).toEqual([0, expect.stringContaining('$.given → {{given}} → GET /used (header:X-Ref)')]);
  expect(came.at(-1)?.headers).toMatchObject({ 'x-ref': 'another-token-entirely' });
});

test('a load probe stays in its bounds and says what callers would have waited', async () => {
  const path = file('probe', 'url: ORIGIN/probe\n');
  const probe = (...args: string[]) => sallyport(['probe', '--data', join(folder, 'data'), ...args]);
  const before = came.length;
  const { code, stdout } = await probe(path, '--rate', '50/s', '--total', '20', '--format', 'json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    sent: 20,
    succeeded: 20,
    outcomes: [{ outcome: '200', count: 20 }],
    wantedRate: 50,
    latency: { p50: expect.any(Number) },
  });
  expect(came.length - before).toBe(20);
  const refused = await probe(file('far', 'url: https://api.shop.com/\n'), '--total', '1');
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('--host api.shop.com')]);
  for (const host of ['fd-api.example.com', '10.example.com', 'localhost.example.com'])
    expect((await probe(file('named', `url: https://${host}/\n`), '--total', '1')).stderr, host).toContain(
      `--host ${host}`,
    );
  expect((await probe(path, '--rate', '5000/s')).code).toBe(2);
  expect((await probe(path, '--for', '2h')).code).toBe(2);
  const none = await probe(file('nobody', 'url: http://127.0.0.1:9/\n'), '--total', '3', '--format', 'json');
  expect(JSON.parse(none.stdout)).toMatchObject({
    sent: 3,
    succeeded: 0,
    outcomes: [{ outcome: 'refused', count: 3 }],
    latency: null,
  });
});
