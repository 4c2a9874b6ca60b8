// `sallyport policy`: files checked and tried without an engine; what is in force changed with one, refused and explained.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { isEngineLocked, readEngineFile } from '../../electron/hosts/engine-lock.ts';
import { sallyport, start } from '../harness/command.ts';

const FILE = `# ours
policies:
  # why
  - id: no-deletes   # see #42
    kind: access
    mode: observe
    match: { host: api.example.com, method: DELETE }
    settings: { action: deny }
    owner: platform@example.com
tests:
  - name: nothing is deleted
    call: { app: billing, method: DELETE, url: "http://api.example.com/v1/x" }
    expect: deny
    by: no-deletes
`;

let folder: string;
let dataDir: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-policy-'));
  dataDir = join(folder, 'data');
  file = join(folder, 'mine.yaml');
  writeFileSync(file, FILE);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const policy = (...args: string[]) => sallyport(['policy', ...args]);

describe('without an engine', () => {
  test('a file in order is fine; every mistake has its place and ends with 1', async () => {
    expect(await policy('check', file)).toMatchObject({
      code: 0,
      stdout: '',
      stderr: expect.stringContaining('in order'),
    });
    const bad = join(folder, 'bad.yaml');
    writeFileSync(bad, FILE.replace('mode: observe', 'mode: observer').replace('action: deny', 'acton: deny'));
    const { code, stdout, stderr } = await policy('check', bad);
    expect(code).toBe(1);
    const places = stdout.split('\n').map((line) => line.replace(bad, '').split(':').slice(1, 4).join(':'));
    expect(places).toEqual(expect.arrayContaining(['6:11: error', '8:17: error']));
    expect(stderr).toContain('2 mistakes');
    const json = await policy('check', bad, '--format', 'json');
    expect(JSON.parse(json.stdout)).toMatchObject({
      problems: expect.arrayContaining([expect.objectContaining({ line: 6 })]),
    });
  });

  test('cases pass, or end with 1 and say what came out', async () => {
    expect(await policy('test', file)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('nothing is deleted'),
    });
    const wrong = join(folder, 'wrong.yaml');
    writeFileSync(wrong, FILE.replace('expect: deny', 'expect: allow'));
    expect(await policy('test', wrong)).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(
        /FAIL nothing is deleted\n.*wrong\.yaml:11: expected allow by no-deletes, got deny/,
      ),
      stderr: expect.stringContaining('1 of 1 test failed'),
    });
  });

  test('what a file would change is told against nothing', async () => {
    const { code, stdout } = await policy('diff', file, '--data', dataDir);
    expect([code, stdout]).toEqual([0, expect.stringContaining('no-deletes: new, access, observe')]);
    expect((await policy('diff', file, '--data', dataDir, '--text', '--exit-code')).code).toBe(1);
  });

  test('a change says that it needs an engine', async () => {
    const { code, stderr } = await policy('mode', 'no-deletes', 'off', '--data', dataDir);
    expect(code).toBe(3);
    expect(stderr).toContain('sallyport serve');
  });

  test('a file to begin with is in order, says nothing, and names the schema beside it', async () => {
    const own = join(folder, 'fresh');
    const { code, stdout } = await policy('init', '--data', own);
    expect([code, stdout]).toEqual([0, `${join(own, 'policies.yaml')}\n`]);
    const text = readFileSync(join(own, 'policies.yaml'), 'utf8');
    expect(text).toMatch(/^# yaml-language-server: \$schema=policies\.schema\.json\n/);
    expect(JSON.parse(readFileSync(join(own, 'policies.schema.json'), 'utf8'))).toEqual(
      JSON.parse((await policy('schema')).stdout),
    );
    expect((await policy('check', '--data', own)).code).toBe(0);
    expect((await policy('init', '--data', own)).code).toBe(1);
    // What it shows is in order, too, as far as this version knows the kinds.
    const shown = join(own, 'shown.yaml');
    writeFileSync(shown, text.replaceAll(/^# (?=[ ]|[a-z]+:)/gm, '').replaceAll(/^#$/gm, ''));
    const checked = await policy('check', shown);
    expect([checked.code, checked.stdout]).toEqual([0, '']);
    expect(await policy('test', shown)).toMatchObject({ code: 0 });
  });

  test('an engine is not started with a file that is wrong or missing', async () => {
    const bad = join(folder, 'bad.yaml');
    const serve = (path: string) =>
      sallyport(['serve', '--data', join(folder, 'never'), '-p', '0', '-w', '0', '--policies', path]);
    expect(await serve(bad)).toMatchObject({ code: 2, stderr: expect.stringContaining('bad.yaml:6:11: error:') });
    expect(await serve(join(folder, 'gone.yaml'))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('ENOENT'),
    });
  });
});

describe('with an engine', () => {
  let engine: ReturnType<typeof start>;
  let proxy: URL;
  let origin: Server;

  beforeAll(async () => {
    origin = createServer((_, answer) => answer.end('{}')).listen(0, '127.0.0.1');
    await vi.waitUntil(() => origin.listening);
    const { port } = origin.address() as AddressInfo;
    const ready = join(folder, 'ready.json');
    engine = start([
      ...['serve', '--data', dataDir, '-p', '0', '-w', '0', '--ready-file', ready],
      ...['--connect-to', `api.example.com:80=127.0.0.1:${port}`, '--policies', file],
    ]);
    await vi.waitUntil(() => existsSync(ready), 60_000);
    proxy = new URL((JSON.parse(readFileSync(ready, 'utf8')) as { proxy: string }).proxy);
  });
  afterAll(async () => {
    engine.kill('SIGTERM');
    await vi.waitUntil(() => !isEngineLocked(dataDir), 60_000);
    origin.close();
  });

  const on = (...args: string[]) => policy(...args, '--data', dataDir);

  function asked(path: string): Promise<{ json: () => Promise<{ alerts: unknown }> }> {
    const { workspace, token } = readEngineFile(dataDir)!;
    return fetch(new URL(path, workspace), { headers: { authorization: `Bearer ${token}` } }) as never;
  }

  function send(method: string): Promise<{ status: number; body: string }> {
    return new Promise((resolve, reject) => {
      const sent = request({
        host: proxy.hostname,
        port: proxy.port,
        method,
        path: 'http://api.example.com/v1/x',
        headers: { host: 'api.example.com' },
      });
      sent.on('error', reject);
      sent.on('response', (answer) => {
        let body = '';
        answer.on('data', (chunk: Buffer) => (body += String(chunk)));
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body }));
      });
      sent.end();
    });
  }

  test('the file that was named is in force, and is listed', async () => {
    const { stdout, stderr } = await on('list');
    expect(stdout).toMatch(/no-deletes +access +observe/);
    expect(stderr).toContain(`${file}, version 1`);
    expect((await on('show', 'no-deletes')).stdout).toContain('- id: no-deletes   # see #42');
    expect((await on('show', 'other')).code).toBe(1);
    expect(existsSync(join(dataDir, 'policies.schema.json'))).toBe(true);
  });

  test('observed a call goes; enforced it is refused, and told by whom', async () => {
    expect((await send('DELETE')).status).toBe(200);
    const { code, stderr } = await on('mode', 'no-deletes', 'enforce', '--reason', 'agreed', '--author', 'bob');
    expect([code, stderr]).toEqual([0, expect.stringContaining('version 2')]);
    expect(readFileSync(file, 'utf8')).toBe(FILE.replace('mode: observe', 'mode: enforce'));
    const refused = await send('DELETE');
    expect(refused.status).toBe(403);
    expect(refused.body).toContain('no-deletes');
    expect(refused.body).toContain('platform@example.com');
    expect((await send('GET')).status).toBe(200);
  });

  test('an exception lets its calls go', async () => {
    const owner = ['--owner', 'night@example.com', '--until', '2099-12-31'];
    expect((await on('except', 'no-deletes', '--match', 'path=/v1/*', ...owner)).code).toBe(0);
    expect((await send('DELETE')).status).toBe(200);
    expect((await on('except', 'other', '--match', 'app=x', ...owner)).code).toBe(1);
  });

  test('versions say who and why; one is put back to the byte', async () => {
    const { versions } = { versions: JSON.parse((await on('versions', '--format', 'json')).stdout) as object[] };
    expect(versions).toMatchObject([
      { version: 3, changes: [expect.stringContaining('an exception for path=/v1/*')] },
      { version: 2, author: 'bob', reason: 'agreed', changes: ['no-deletes: observe → enforce'] },
      { version: 1, author: 'somebody, in the file' },
    ]);
    expect((await on('versions', '2')).stdout).toContain('-    mode: observe\n+    mode: enforce\n');
    const asked = await on('restore', '1');
    expect([asked.code, asked.stderr]).toEqual([2, expect.stringContaining('--yes')]);
    expect((await on('restore', '1', '--yes')).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(FILE);
    expect((await on('restore', '99', '--yes')).code).toBe(1);
  });

  test('a file is compared with what is in force, and applied', async () => {
    const next = join(folder, 'next.yaml');
    writeFileSync(next, FILE.replace('mode: observe', 'mode: off'));
    expect((await on('diff', next)).stdout).toBe('no-deletes: observe → off\n');
    expect((await on('diff', next, '--text')).stdout).toContain('+    mode: off');
    expect((await on('apply', next)).code).toBe(2);
    const { code, stderr } = await on('apply', next, '--yes', '--reason', 'a trial');
    expect([code, stderr]).toEqual([0, expect.stringContaining('Version 5 is in force')]);
    expect(readFileSync(file, 'utf8')).toContain('mode: off');
    expect((await on('apply', next, '--yes')).stderr).toContain('in force already');
    writeFileSync(next, 'policies: nothing');
    expect((await on('apply', next, '--yes')).code).toBe(1);
  });

  test('what a file would have done to recorded calls is told, and CI can fail on it', async () => {
    const whole = join(folder, 'whole.yaml');
    writeFileSync(whole, FILE);
    const { code, stdout } = await on('backtest', whole, '--since', '1h', '--format', 'json');
    expect(code).toBe(0);
    const { policies } = JSON.parse(stdout) as { policies: { evaluated: number; denied: number }[] };
    expect(policies).toMatchObject([
      {
        policy: 'no-deletes',
        kind: 'access',
        denied: 3,
        delayed: 0,
        delayMs: null,
        affected: { apps: [{ denied: 3 }] },
      },
    ]);
    expect(policies[0]?.evaluated).toBe(4);
    const failed = await on('backtest', whole, '--since', '1h', '--fail-on', 'denied>0', '--filter', 'method:DELETE');
    expect([failed.code, failed.stderr]).toEqual([3, expect.stringContaining('no-deletes: denied is 3 (denied>0)')]);
    expect(failed.stdout).toMatch(/no-deletes +access +3 +3 +3 /);
    expect((await on('backtest', whole, '--only', 'other')).code).toBe(2);
    writeFileSync(whole, FILE.replace('kind: access', 'kind: acces'));
    const bad = await on('backtest', whole);
    expect([bad.code, bad.stderr]).toEqual([2, expect.stringContaining(':5:11: ')]);
    expect((await on('backtest', file, '--fail-on', 'denyed>0')).stderr).toContain('Did you mean “denied”?');
  });

  test('a program that an alert names is started only once it was allowed here, as it stands', async () => {
    const out = join(folder, 'told.json');
    const script = 'process.stdin.pipe(require("fs").createWriteStream(process.argv[1]))';
    const alert = (name: string) => `policies:
  - id: busy
    kind: alert
    mode: enforce
    settings: { metric: calls, above: 0, over: 1m, notify: [{ command: ${JSON.stringify([process.execPath, '-e', script, name])} }] }
`;
    const next = join(folder, 'alert.yaml');
    writeFileSync(next, alert(out));
    expect((await on('apply', next, '--yes')).code).toBe(0);
    await send('GET');
    const deliveries = async () => {
      const { alerts } = await (await asked('/api/policies/alerts?since=0&until=9000000000000000')).json();
      return (alerts as { deliveries: { state: string; says: string | null }[] }[]).flatMap((one) => one.deliveries);
    };
    await vi.waitFor(
      async () =>
        expect(await deliveries()).toMatchObject([
          { state: 'waiting', says: 'run "sallyport policy allow-command busy"' },
        ]),
      { timeout: 20_000 },
    );
    expect(existsSync(out)).toBe(false);

    const asking = await on('allow-command', 'busy');
    expect([asking.code, asking.stderr]).toEqual([2, expect.stringContaining(JSON.stringify(out))]);
    expect((await on('allow-command', '--list')).stderr).toContain('No alert may start a program');
    expect((await on('allow-command', 'other', '--yes')).code).toBe(1);
    expect((await on('allow-command')).code).toBe(2);
    expect((await on('allow-command', 'busy', '--yes')).code).toBe(0);
    await vi.waitFor(async () => expect(await deliveries()).toMatchObject([{ state: 'delivered' }]), {
      timeout: 20_000,
    });
    expect(JSON.parse(readFileSync(out, 'utf8'))).toMatchObject({ policy: 'busy', state: 'open' });
    expect((await on('allow-command', '--list')).stdout).toMatch(/busy .*told\.json/);

    writeFileSync(next, alert(`${out}x`));
    expect((await on('apply', next, '--yes')).code).toBe(0);
    expect((await on('allow-command', '--list')).stdout).toMatch(/busy .*of no policy in force/);
    expect((await on('allow-command', 'busy')).stderr).toContain(JSON.stringify(`${out}x`));
    expect((await on('allow-command', '--revoke', 'busy')).code).toBe(0);
    expect((await on('allow-command', '--revoke', 'busy')).code).toBe(1);
    expect(readFileSync(join(dataDir, 'alert-commands.json'), 'utf8')).toContain('"allowed": []');
    writeFileSync(next, FILE.replace('mode: observe', 'mode: off'));
    expect((await on('apply', next, '--yes')).code).toBe(0);
  });

  test('saved with a mistake, what was in force stays, and the list says where it is', async () => {
    writeFileSync(file, FILE.replace('mode: observe', 'mode: perhaps'));
    const { stdout, stderr } = await on('list');
    expect(stdout).toMatch(/no-deletes +access +off/);
    expect(stderr).toContain(`${file}:6:11: error:`);
  });
});
