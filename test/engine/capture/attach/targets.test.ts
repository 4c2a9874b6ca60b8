// Each way to point programs at us says whether it works now: real programs through the real engine.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { agentFile } from '../../../../electron/engine/capture/attach/node-agent.ts';
import { createRunner, type Runner } from '../../../../electron/engine/capture/attach/run-tool.ts';
import { startEngine, type EngineUnderTest } from '../../../harness/engine-under-test.ts';

const CLEAN = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/proxy|^SALLYPORT|_CA_|_CERT|^NODE_OPTIONS/i.test(name)),
);

let engine: EngineUnderTest;
const startWith = async (
  change: Partial<Runner> = {},
  environment: Record<string, string | undefined> = CLEAN,
  access: NonNullable<Parameters<typeof startEngine>[0]>['access'] = {},
): Promise<void> => {
  engine = await startEngine({
    access,
    environment,
    command: { program: ['sallyport'], data: ['--data', '/my data'] },
    tools: { runner: { ...createRunner(environment), ...change }, platform: process.platform },
  });
};
afterEach(() => engine.stop());

const capture = () => engine.engine.capture;

describe('a test of a way', () => {
  beforeEach(() => startWith());

  for (const id of ['run', 'bash', 'fish', 'node', 'python', 'ruby', 'java', 'go', 'curl', 'git', 'chromium']) {
    test(`${id}: a real program sends a call over https, which is read and recorded`, async (context) => {
      const result = await capture().test(id);
      if ('cannot' in result) throw new Error(result.cannot.why);
      if (/not installed/.test(result.says)) return context.skip(result.says);
      expect(result, JSON.stringify(result)).toMatchObject({ works: true, call: expect.any(Number), remedy: null });
      expect(await engine.call(result.call ?? 0)).toMatchObject({
        app: 'self-test',
        scheme: 'https',
        host: 'self-test.sallyport.invalid',
        status: 200,
      });
    });
  }

  test('running-node: a program of ours takes the agent while it runs', async (context) => {
    if (agentFile() === null) return context.skip('dist/ is not built');
    const result = await capture().test('running-node');
    expect(result, JSON.stringify(result)).toMatchObject({ works: true, remedy: null });
  });

  test('while recording is paused says so, and that the call went through', async () => {
    capture().pause();
    expect(await capture().test('run')).toMatchObject({
      works: false,
      call: null,
      says: expect.stringMatching(/paused/),
      remedy: expect.stringMatching(/Resume/),
    });
  });

  test('of what cannot be tried says why', async () => {
    expect(await capture().test('cmd')).toMatchObject({ works: false, says: 'cmd is not installed.' });
    expect(await capture().test('no-such')).toMatchObject({
      cannot: { why: expect.stringMatching(/no-such/), remedy: expect.stringMatching(/bash/) },
    });
  });

  test('two at once do not disturb each other', async () => {
    const results = await Promise.all([capture().test('run'), capture().test('run'), capture().test('curl')]);
    for (const result of results)
      expect(result).not.toMatchObject({ works: false, says: expect.stringMatching(/did not/) });
  });
});

describe('what went wrong is told apart', () => {
  const without = (...names: RegExp[]): Partial<Runner> => {
    const runner = createRunner(CLEAN);
    return {
      run: (file, args, options) =>
        runner.run(file, args, {
          ...options,
          env: Object.fromEntries(
            Object.entries(options?.env ?? {}).filter(([name]) => !names.some((pattern) => pattern.test(name))),
          ),
        }),
    };
  };

  test('a program that does not trust us', async () => {
    await startWith(without(/^NODE_EXTRA_CA_CERTS$/, /^SSL_CERT_FILE$/));
    expect(await capture().test('run')).toMatchObject({
      works: false,
      says: expect.stringMatching(/did not trust/),
      remedy: expect.stringMatching(/CA/),
    });
  });

  test('a program that goes around us', async () => {
    await startWith(without(/_proxy$/i));
    expect(await capture().test('run')).toMatchObject({
      works: false,
      call: null,
      says: expect.stringMatching(/did not come to Sallyport/),
    });
    expect(await engine.calls()).toEqual([]);
  });
});

describe('where programs have to prove who they are', () => {
  beforeEach(() => startWith({}, CLEAN, { requireIdentity: 'everywhere' }));

  for (const id of ['run', 'bash', 'node', 'python', 'java', 'curl', 'git', 'chromium']) {
    test(`${id} works, because we gave it what proves it`, async (context) => {
      const result = await capture().test(id);
      if ('cannot' in result) throw new Error(result.cannot.why);
      if (/not installed/.test(result.says)) return context.skip(result.says);
      expect(result, JSON.stringify(result)).toMatchObject({ works: true });
      expect((await engine.calls()).filter(({ failure }) => failure === 'identity-required')).toEqual([]);
    });
  }

  test('lines to copy hold no secret, but its place and where to get it', async () => {
    const curl = (await capture().targets()).find(({ id }) => id === 'curl');
    expect(curl?.lines[0]?.text).toBe(`sallyport apps add --data '/my data' curl`);
    expect(curl?.lines[1]?.text).toContain(`http://curl:SECRET@127.0.0.1:${engine.proxyPort}`);
  });
});

describe('the list', () => {
  beforeEach(() => startWith());

  test('is filled in for this engine, with what undoes it', async () => {
    const targets = await capture().targets();
    const textOf = (id: string): string =>
      targets
        .find((target) => target.id === id)
        ?.lines.map(({ text }) => text)
        .join('\n') ?? '';
    expect(textOf('run')).toContain(`sallyport run --data '/my data' -- `);
    expect(textOf('bash')).toBe(
      `eval "$(sallyport env --shell bash --data '/my data')"\neval "$(sallyport env --shell bash --data '/my data' --undo)"`,
    );
    for (const id of ['node', 'python', 'ruby', 'go', 'dotnet', 'curl', 'git', 'docker', 'java']) {
      expect(textOf(id), id).toContain(String(engine.proxyPort));
      if (!['java', 'docker'].includes(id))
        expect(textOf(id), id).toContain(`http://${id}:run@127.0.0.1:${engine.proxyPort}`);
    }
    expect(new Set(targets.map(({ id }) => id)).size).toBe(targets.length);
  });

  test('says of what is not there why, and what has no switch cannot be switched', async () => {
    const targets = await capture().targets();
    for (const { available, why, title } of targets)
      expect([title, available, why === null]).toEqual([title, available, available]);
    expect(await capture().switchTarget('curl', true)).toMatchObject({ cannot: { why: 'curl is nothing to switch.' } });
  });
});

test('the certificate authority is shown with the stores of this machine', async () => {
  await startWith();
  const ca = await capture().ca();
  expect(ca).toMatchObject({
    path: engine.engine.info.caPath,
    subject: expect.stringMatching(/^Sallyport CA/),
    fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  expect(ca.stores[0]).toMatchObject({ trusted: false, says: expect.stringMatching(/ca install/) });
});
