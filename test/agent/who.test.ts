// Each call is told with the place that made it, its tags, its app and its trace.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startListening, type ListeningEngine, type ToldCall } from './listening-engine.ts';
import { startOrigins, type Origins } from './origins.ts';
import { buildAgent, runNode, writeProgram, type BuiltAgent } from './program.ts';

let agent: BuiltAgent;
let origins: Origins;
let engine: ListeningEngine;
beforeAll(async () => {
  [agent, origins, engine] = await Promise.all([buildAgent(), startOrigins(), startListening()]);
});
afterAll(async () => {
  agent.remove();
  origins.stop();
  await engine.stop();
});

const program = (name: string): string => join(import.meta.dirname, 'programs', name);

async function observe(
  args: string[],
  env: Record<string, string> = {},
): Promise<{ stdout: string; calls: ToldCall[] }> {
  const hellos = engine.hellos.length;
  engine.calls.length = 0;
  const ran = await runNode(['--require', agent.file, ...args], { ...engine.env, ...env });
  expect(ran, ran.stderr).toMatchObject({ code: 0, stderr: '' });
  await engine.until(() => engine.hellos.length > hellos && engine.connected() === 0);
  return { stdout: ran.stdout, calls: [...engine.calls] };
}

test('1,000 calls that overlap, from 20 places: each is attributed to its own', async () => {
  const { calls } = await observe([program('twenty-sites.mjs'), origins.addresses.plain]);
  expect(calls.length).toBe(1000);
  const wrong = calls.filter(({ opened, frames }) => {
    const line = Number(/line=(\d+)/.exec(opened.target)?.[1]);
    const own = frames.filter(({ file }) => file.endsWith('twenty-sites.mjs'));
    return !own.some((frame) => frame.line === line);
  });
  expect(wrong.map(({ opened, frames }) => [opened.target, frames])).toEqual([]);
});

test('tags and apps follow the asynchronous context; inner ones win, and end with it', async () => {
  const { stdout, calls } = await observe([
    program('tagged.mjs'),
    origins.addresses.plain,
    pathToFileURL(join(agent.folder, 'index.mjs')).href,
  ]);
  expect(stdout).toBe('given back 3\n');
  const told = Object.fromEntries(
    calls.map(({ opened: { target, app, tags } }) => [target.slice('/json?'.length), { app, tags }]),
  );
  const tags = { feature: 'invoices', tenant: 'acme', attempt: '2' };
  expect(told).toEqual({
    plain: { app: null, tags: null },
    billing: { app: 'billing', tags: null },
    invoices: { app: 'billing', tags },
    mail: { app: 'mail', tags },
    inner: { app: 'billing', tags: { ...tags, tenant: 'inner' } },
    outer: { app: 'billing', tags },
  });
});

test('where the agent is not loaded, withApp and annotate only run what they are given', async () => {
  const index = pathToFileURL(join(agent.folder, 'index.mjs')).href;
  const ran = await runNode([program('tagged.mjs'), origins.addresses.plain, index]);
  expect(ran).toMatchObject({ code: 0, stdout: 'given back 3\n', stderr: '' });
});

test('the trace is what the request carries, else the active span of OpenTelemetry', async () => {
  // The SDK's spans; the context they are active in follows asynchronous work, as its package for Node does it.
  const text = `
    import { context, ROOT_CONTEXT } from '${import.meta.resolve('@opentelemetry/api')}';
    import { TracerProvider } from '${import.meta.resolve('@opentelemetry/sdk-trace')}';
    import { AsyncLocalStorage } from 'node:async_hooks';
    const storage = new AsyncLocalStorage();
    context.setGlobalContextManager({
      active: () => storage.getStore() ?? ROOT_CONTEXT,
      with: (value, work, self, ...args) => storage.run(value, () => work.apply(self, args)),
      bind: (_, target) => target, enable() { return this; }, disable() { return this; },
    });
    const url = process.argv[2] + '/json?';
    const get = async (query, headers = {}) => (await fetch(url + query, { headers })).text();
    const tracer = new TracerProvider().getTracer('shop');
    const spans = {};
    const inSpan = (name, work) => tracer.startActiveSpan(name, async (span) => {
      const { traceId, spanId } = span.spanContext();
      spans[name] = { traceId, spanId };
      await get(name);
      await work();
      span.end();
    });
    await get('none');
    await Promise.all([
      inSpan('order', () => inSpan('payment', () => {})),
      inSpan('search', () => get('header', { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' })),
    ]);
    console.log(JSON.stringify(spans));`;
  const file = writeProgram(agent.folder, 'traced.mjs', text);
  const { stdout, calls } = await observe([file, origins.addresses.plain]);
  const spans = JSON.parse(stdout) as Record<string, { traceId: string; spanId: string }>;
  expect(spans['payment']!.traceId).toBe(spans['order']!.traceId);
  expect(spans['search']!.traceId).not.toBe(spans['order']!.traceId);
  const told = calls.map(({ opened: { target, trace } }) => [target.slice('/json?'.length), trace] as const);
  expect(Object.fromEntries(told)).toEqual({
    ...spans,
    none: null,
    header: { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' },
  });
});

test('code that is transpiled as it is loaded is named by its source', async () => {
  const file = join(agent.folder, 'typed.ts');
  writeFileSync(
    file,
    `interface Gone {\n  a: string;\n}\n\nenum Kept {\n  One,\n}\nexport async function ask(this: void, url: string): Promise<Gone | Kept> {\n  await (await fetch(url)).text();\n  return Kept.One;\n}\nawait ask(process.argv[2]!);\n`,
  );
  writeFileSync(join(agent.folder, 'package.json'), '{"type":"module"}');
  const { calls } = await observe(['--import', import.meta.resolve('tsx'), file, `${origins.addresses.plain}/json`]);
  expect(calls[0]?.frames.map(({ file: path, line }) => [path.replace(/.*\//, ''), line])).toEqual([
    ['typed.ts', 9],
    ['typed.ts', 12],
  ]);
});

test("a program's own stack traces stay as they are", async () => {
  const file = writeProgram(
    agent.folder,
    'stacks.mjs',
    `const format = (error, frames) => error.message + ' ' + (frames.length > 0);
     Error.stackTraceLimit = 3;
     Error.prepareStackTrace = format;
     await (await fetch(process.argv[2])).text();
     console.log(Error.prepareStackTrace === format, Error.stackTraceLimit, new Error('mine').stack);
     delete Error.prepareStackTrace;
     await (await fetch(process.argv[2])).text();
     console.log(Object.hasOwn(Error, 'prepareStackTrace'), new Error('mine').stack.split('\\n').length);`,
  );
  const { stdout, calls } = await observe([file, `${origins.addresses.plain}/json`]);
  expect(stdout).toMatch(/^true 3 mine true\nfalse \d\n$/);
  expect(stdout).toBe((await runNode([file, `${origins.addresses.plain}/json`])).stdout);
  expect(calls.map(({ frames }) => frames[0]?.line)).toEqual([4, 7]);
});

test('many frames of one package do not hide the line that called it', async () => {
  const text = `
    import { STSClient, GetCallerIdentityCommand } from '${import.meta.resolve('@aws-sdk/client-sts')}';
    import Stripe from '${import.meta.resolve('stripe')}';
    const key = ['sk', 'test', 'x'].join('_');
    const url = new URL(process.argv[2]);
    const client = new STSClient({ region: 'eu-west-1', endpoint: url.href, credentials: { accessKeyId: 'a', secretAccessKey: 'b' }, maxAttempts: 1 });
    await client.send(new GetCallerIdentityCommand({})).catch(() => {});
    const stripe = new Stripe(key, { host: url.hostname, port: url.port, protocol: 'http', maxNetworkRetries: 0, telemetry: false });
    await stripe.charges.list().catch(() => {});`;
  const file = writeProgram(agent.folder, 'sdks.mjs', text);
  const { calls } = await observe([file, origins.addresses.plain]);
  const lines = calls.map(({ frames }) => frames.findLast(({ file: path }) => path.endsWith('sdks.mjs'))?.line);
  // Stripe's chain of `then` leaves no trace of who began it; that it was Stripe is known.
  expect(lines).toEqual([7, undefined]);
  const inPackage = (name: string, call: ToldCall | undefined): boolean | undefined =>
    call?.frames.some(({ file: path }) => path.includes(`/node_modules/${name}/`));
  expect([inPackage('@aws-sdk', calls[0]), inPackage('stripe', calls[1])]).toEqual([true, true]);
});
