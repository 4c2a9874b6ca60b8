// Rules of `sallyport run` as a whole, through the built command line.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { thingsBody } from './origin.ts';
import { cleanEnvironment, cli, start, startWorld, type Row, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const fetchAndPrint = (url: string) => [
  process.execPath,
  '-e',
  `fetch('${url}').then((r) => r.text()).then((t) => process.stdout.write(t))`,
];
const things = () => `http://127.0.0.1:${world.vendor.httpPort}/things`;

/** sallyport on a data folder of its own, where no engine runs. */
function alone(dataDir: string, command: string, args: string[], env: Record<string, string> = {}) {
  return start([process.execPath, cli, command, '--data', dataDir, ...args], {
    env: { ...cleanEnvironment(), ...env },
  });
}

async function callsIn(dataDir: string): Promise<Row[]> {
  const { stdout } = await alone(dataDir, 'calls', ['--format', 'ndjson']).end;
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Row);
}

/** An engine started for runs goes when the last one is over. */
async function untilGone(dataDir: string) {
  while (existsSync(join(dataDir, 'engine.json'))) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('when no engine runs', () => {
  test('run starts one, the calls are there at once, and the engine goes with it', async () => {
    const dataDir = join(world.folder, 'fresh');
    const ran = await alone(dataDir, 'run', ['--app', 'fresh', '--', ...fetchAndPrint(things())]).end;
    expect(ran).toMatchObject({ code: 0, stdout: thingsBody });
    expect(ran.stderr.replace(/[0-9a-f]{16}(?=\n)/, 'ID')).toBe(
      `sallyport: 1 call to 1 host as "fresh"; see: npx sallyport calls --data ${dataDir} tag:run=ID\n`,
    );
    expect(await callsIn(dataDir)).toMatchObject([{ app: 'fresh', status: 200, url: things() }]);
    await untilGone(dataDir);
    expect(await callsIn(dataDir)).toHaveLength(1);
  });

  test('runs that start together share one engine', async () => {
    const dataDir = join(world.folder, 'together');
    const names = ['one', 'two', 'three'];
    const ran = await Promise.all(
      names.map((app) => alone(dataDir, 'run', ['--app', app, '--', ...fetchAndPrint(things())]).end),
    );
    for (const { code, stdout, stderr } of ran) expect([code, stdout], stderr).toEqual([0, thingsBody]);
    const rows = await callsIn(dataDir);
    expect(rows.map(({ app }) => app).sort()).toEqual(names.sort());
    await untilGone(dataDir);
  });

  test('a proxy that was set before is the engine’s way out', async () => {
    // Another Sallyport plays the corporate proxy: it signs for itself, and the program knew its authority.
    const dataDir = join(world.folder, 'behind');
    const corporate = `http://corporate:run@${world.proxy}`;
    const before = {
      HTTPS_PROXY: corporate,
      https_proxy: corporate,
      SSL_CERT_FILE: world.caPath,
      NODE_EXTRA_CA_CERTS: world.caPath,
    };
    const ran = await alone(
      dataDir,
      'run',
      ['--app', 'behind', '--', ...fetchAndPrint('https://api.vendor.example/things')],
      before,
    ).end;
    expect(ran, ran.stderr).toMatchObject({ code: 0, stdout: thingsBody });
    expect(await callsIn(dataDir)).toMatchObject([{ app: 'behind', status: 200 }]);
    expect(await world.calls('corporate')).toMatchObject([{ status: 200, url: 'https://api.vendor.example/things' }]);
  });

  test('an engine that cannot start does not keep the program from running, unless told to', async () => {
    const file = join(world.folder, 'a-file');
    writeFileSync(file, '');
    const program = ['--', 'sh', '-c', 'echo ran; exit 7'];
    const ran = await alone(join(file, 'data'), 'run', program).end;
    expect([ran.code, ran.stdout]).toEqual([7, 'ran\n']);
    expect(ran.stderr).toContain(file);
    expect(ran.stderr).toContain('UNRECORDED');
    for (const option of [['--require-recording'], ['--pass-through', 'a.example']]) {
      const refused = await alone(join(file, 'data'), 'run', [...option, ...program]).end;
      expect([refused.code, refused.stdout]).toEqual([125, '']);
      expect(refused.stderr).toContain('was not started');
    }
  });
});

describe('when an engine runs', () => {
  test('a program finds sallyport’s calls inside its own run', async () => {
    const inner = `${fetchAndPrint(things())
      .map((word) => `'${word.replaceAll("'", "'\\''")}'`)
      .join(' ')}; '${process.execPath}' '${cli}' calls app:inner --format ndjson`;
    const ran = await world.run('inner', ['sh', '-c', inner]);
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.stdout).toContain(thingsBody);
    expect(JSON.parse(ran.stdout.slice(thingsBody.length))).toMatchObject({ app: 'inner', status: 200 });
  });

  test('the app is the package’s name when nobody gives one', async () => {
    const project = join(world.folder, 'project');
    mkdirSync(project);
    writeFileSync(join(project, 'package.json'), '{"name": "@harbour/crane", "type": "module"}');
    writeFileSync(join(project, 'main.js'), `fetch('${things()}').then((r) => r.text()).then(console.log)`);
    const node = join(world.folder, 'node');
    writeFileSync(node, `#!/bin/sh\nexec '${process.execPath}' "$@"\n`, { mode: 0o755 });
    const ran = await world.sallyport('run', ['--', node, 'main.js'], { cwd: project });
    expect(ran.stderr).toContain('1 call to 1 host as "@harbour/crane"');
    expect(await world.calls('@harbour/crane')).toMatchObject([{ status: 200 }]);
  });

  test.each([
    [['sh', '-c', 'exit 7'], { code: 7, signal: null }],
    [['sh', '-c', 'kill -TERM $$'], { code: null, signal: 'SIGTERM' }],
    [['no-such-command-anywhere'], { code: 127, signal: null }],
  ])('%j ends as itself', async (command, ending) => {
    expect(await world.run('endings', command)).toMatchObject(ending);
  });

  test('options after the command are the command’s', async () => {
    const ran = await world.sallyport('run', ['--quiet', '--', 'echo', '--app', 'x', '--help', '--', '-v']);
    expect(ran).toMatchObject({ code: 0, stdout: '--app x --help -- -v\n', stderr: '' });
  });

  test('nothing of ours but the environment reaches the program', async () => {
    const ran = await world.run('env', ['env']);
    const names = ran.stdout.split('\n').map((line) => line.split('=')[0] ?? '');
    expect(names.filter((name) => /CHANNEL|LAUNCH|LEASE|TOKEN/.test(name))).toEqual([]);
    expect(names).toContain('SALLYPORT_DATA');
    const bundle = /^SSL_CERT_FILE=(.*)$/m.exec(ran.stdout)?.[1] ?? '';
    expect(readFileSync(bundle, 'utf8')).toContain(readFileSync(world.caPath, 'utf8').split('\n')[1]);
  });
});
