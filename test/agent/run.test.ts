// Done when: what `sallyport run` starts has rows that say who called: app, process, package and line; and whatever
// happens to the engine, the program notices nothing.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { transformWithOxc } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hasProgram, startWorld } from '../clients/world.ts';
import type { Row, World } from '../clients/world.ts';

/** What the lines of `calls --format ndjson` say of the caller. */
interface CallerRow extends Row {
  sources: string[];
  process: { pid: number; name: string; user: string | null; command: string | null } | null;
  package: string | null;
  callsite: string | null;
  traceId: string | null;
}

let world: World;
let project: string;
let base: string;

beforeAll(async () => {
  world = await startWorld();
  base = `http://127.0.0.1:${world.vendor.httpPort}`;
  project = join(world.folder, 'project');
  write('package.json', '{ "name": "shop" }');
  write('node_modules/shopper/package.json', '{ "name": "shopper", "version": "2.5.0", "main": "index.js" }');
  write('node_modules/shopper/index.js', 'exports.buy = async (url) => (await fetch(url)).text();\n');
});
afterAll(() => world.stop());

function write(name: string, text: string): string {
  const path = join(project, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

/** Runs it as people do, from the project's folder, and gives what it printed. */
async function run(...command: string[]): Promise<string> {
  const ran = await world.sallyport('run', ['--', ...command], { cwd: project });
  expect({ code: ran.code, stderr: ran.stderr.replaceAll(/^sallyport: .*\n/gm, '') }).toEqual({ code: 0, stderr: '' });
  return ran.stdout;
}

async function rowsOf(path: string): Promise<CallerRow[]> {
  const { stdout } = await world.sallyport('calls', [`path:${path}`, '--format', 'ndjson']);
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as CallerRow)
    .toSorted((a, b) => Number(a.id) - Number(b.id));
}

async function rowOf(path: string): Promise<CallerRow> {
  const rows = await rowsOf(path);
  expect(rows).toHaveLength(1);
  return rows[0]!;
}

test('a module: app, process, package and line, and both saw the call', async () => {
  const script = write(
    'script.mjs',
    `import { buy } from 'shopper';
     await buy('${base}/things?esm-by-package');
     await (await fetch('${base}/echo?esm-by-itself')).text();
     console.log(process.pid);\n`,
  );
  const pid = Number(await run(process.execPath, 'script.mjs'));
  const [byPackage] = (await rowsOf('/things')).slice(-1);
  const byItself = await rowOf('/echo');
  for (const row of [byPackage, byItself])
    expect(row).toMatchObject({
      app: 'shop',
      sources: ['proxy', 'agent'],
      process: { pid, command: expect.stringContaining('script.mjs') as string },
    });
  expect(byPackage).toMatchObject({ package: 'shopper', callsite: `${script}:2` });
  expect(byItself).toMatchObject({ package: null, callsite: `${script}:3` });
});

test('CommonJS, node:http', async () => {
  const script = write(
    'old.cjs',
    `const http = require('node:http');
     function ask() {
       http.get('${base}/cjs', (answer) => answer.resume().on('end', () => console.log(process.pid)));
     }
     ask();\n`,
  );
  const pid = Number(await run(process.execPath, 'old.cjs'));
  expect(await rowOf('/cjs')).toMatchObject({
    app: 'shop',
    sources: ['proxy', 'agent'],
    process: { pid },
    package: null,
    callsite: `${script}:3`,
  });
});

test('TypeScript: as Node strips it, and compiled with a source map', async () => {
  const source = `interface Answer { text(): Promise<string> }
const url: string = process.argv[2]!;

const answer: Answer = await fetch(url);
await answer.text();\n`;
  const stripped = write('stripped.mts', source);
  await run(process.execPath, stripped, `${base}/stripped`);
  expect(await rowOf('/stripped')).toMatchObject({ callsite: `${stripped}:4` });

  const original = write('src/compiled.mts', source);
  const { code, map } = await transformWithOxc(source, original, { sourcemap: true });
  const compiled = write('dist/compiled.mjs', `${code}\n//# sourceMappingURL=compiled.mjs.map\n`);
  write('dist/compiled.mjs.map', JSON.stringify({ ...map, sources: ['../src/compiled.mts'] }));
  expect(code.split('\n').findIndex((line) => line.includes('fetch'))).not.toBe(3);
  await run(process.execPath, compiled, `${base}/compiled`);
  expect(await rowOf('/compiled')).toMatchObject({ callsite: `${original}:4` });
});

test('workers and children: each call is of its own process, and knows its line', async () => {
  const worker = write('worker.mjs', `await (await fetch('${base}/worker')).text();\n`);
  const child = write('child.mjs', `await (await fetch('${base}/child')).text();\nconsole.log(process.pid);\n`);
  write(
    'parent.mjs',
    `import { Worker } from 'node:worker_threads';
     import { spawnSync } from 'node:child_process';
     import { once } from 'node:events';
     console.log(process.pid);
     await once(new Worker(new URL('worker.mjs', import.meta.url)), 'exit');
     spawnSync(process.execPath, ['child.mjs'], { stdio: 'inherit' });\n`,
  );
  const [parentPid, childPid] = (await run(process.execPath, 'parent.mjs')).split('\n').map(Number);
  expect(await rowOf('/worker')).toMatchObject({ process: { pid: parentPid }, callsite: `${worker}:1` });
  expect(await rowOf('/child')).toMatchObject({ process: { pid: childPid }, callsite: `${child}:1` });
});

test('curl in a child shell is a process of its own', async (context) => {
  if (!(await hasProgram('curl', '--version'))) return context.skip('no curl on this machine');
  write(
    'shell.mjs',
    `import { execFileSync } from 'node:child_process';
     process.stdout.write(execFileSync('sh', ['-c', 'echo $$; exec curl -s -o /dev/null ${base}/by-curl']));
     await (await fetch('${base}/by-node')).text();
     console.log(process.pid);\n`,
  );
  const [curlPid, nodePid] = (await run(process.execPath, 'shell.mjs')).split('\n').map(Number);
  expect(await rowOf('/by-curl')).toMatchObject({
    app: 'shop',
    sources: ['proxy'],
    process: { pid: curlPid, name: 'curl' },
    callsite: null,
  });
  expect(await rowOf('/by-node')).toMatchObject({ process: { pid: nodePid }, sources: ['proxy', 'agent'] });
});

test('a call that goes around the proxy is a row of the agent’s', async () => {
  const script = write(
    'around.mjs',
    `import http from 'node:http';
     const agent = new (class extends http.Agent {})();
     http.get('${base}/around', { agent }, (answer) => answer.resume().on('end', () => console.log(process.pid)));\n`,
  );
  const pid = Number(await run(process.execPath, 'around.mjs'));
  expect(await rowOf('/around')).toMatchObject({
    app: 'shop',
    sources: ['agent'],
    status: 404,
    process: { pid },
    callsite: `${script}:3`,
  });
});

test('a thousand calls over TLS from twenty lines, interleaved on a few connections: each has its own line', async () => {
  const sites = Array.from(
    { length: 20 },
    (_, site) => `  async (n) => (await fetch(base + '/echo?site-${site}-' + n)).text(),`,
  );
  const script = write(
    'many.mjs',
    `const base = 'https://${world.vendor.host}';
const sites = [
${sites.join('\n')}
];
let next = 0;
const chain = async () => {
  for (let n = next++; n < 1000; n = next++) await sites[(n * 7) % 20](n);
};
await Promise.all(Array.from({ length: 40 }, chain));\n`,
  );
  await run(process.execPath, 'many.mjs');
  const rows = (await rowsOf('/echo')).filter(({ url }) => url.includes('?site-'));
  expect(rows).toHaveLength(1000);
  const wrong = rows.filter(({ url, callsite, sources }) => {
    const site = Number(/site-(\d+)-/.exec(url)?.[1]);
    return callsite !== `${script}:${site + 3}` || sources.length !== 2;
  });
  expect(wrong.map(({ url, callsite, sources }) => ({ url, callsite, sources }))).toEqual([]);
});

test('with --no-agent there is the proxy’s view alone', async () => {
  write(
    'plain.mjs',
    `await (await fetch('${base}/plain')).text(); console.log((process.env.NODE_OPTIONS ?? '').includes('agent.cjs'));\n`,
  );
  const ran = await world.sallyport('run', ['--no-agent', '--', process.execPath, 'plain.mjs'], { cwd: project });
  expect(ran.stdout).toBe('false\n');
  expect(await rowOf('/plain')).toMatchObject({ sources: ['proxy'], callsite: null });
});

test('two runs of one app at the same time each count their own calls', async () => {
  write(
    'count.mjs',
    `for (let n = 0; n < Number(process.argv[2]); n++) await (await fetch('${base}/count')).text();\n`,
  );
  const summaries = await Promise.all(
    [3, 5, 7].map(async (calls) => {
      const ran = await world.sallyport('run', ['--', process.execPath, 'count.mjs', String(calls)], { cwd: project });
      const [, said, query] = /sallyport: (\d+) calls .*calls --data \S+ (\S+)/.exec(ran.stderr) ?? [];
      const { stdout } = await world.sallyport('calls', [query ?? '', '--format', 'ndjson']);
      return [Number(said), stdout.split('\n').filter(Boolean).length];
    }),
  );
  expect(summaries).toEqual([
    [3, 3],
    [5, 5],
    [7, 7],
  ]);
});

test('the engine is killed in the middle: the program goes on and ends as it would have', async () => {
  write(
    'survivor.mjs',
    `import http from 'node:http';
     import { createServer } from 'node:net';
     const agent = new (class extends http.Agent {})({ keepAlive: true });
     const ask = (path) => new Promise((resolve, reject) =>
       http.get('${base}' + path, { agent }, (answer) => answer.resume().on('end', resolve)).on('error', reject));
     await ask('/survivor-before');
     console.log('before');
     await new Promise((resolve) => process.stdin.once('data', resolve));
     for (let n = 0; n < 50; n++) await ask('/survivor-after');
     console.log('after');
     process.exitCode = 5;
     process.stdin.destroy();\n`,
  );
  const { child, end } = world.begin('run', ['--quiet', '--', process.execPath, 'survivor.mjs'], {
    cwd: project,
    input: null,
  });
  await new Promise((resolve) => {
    child.stdout.once('data', resolve);
  });
  await world.crash();
  child.stdin.end('go on\n');
  const ran = await end;
  expect({ code: ran.code, stdout: ran.stdout }).toEqual({ code: 5, stdout: 'before\nafter\n' });
  expect(ran.stderr).toMatch(/^(sallyport: .*\n)?$/);
  await world.comeBack();
});
