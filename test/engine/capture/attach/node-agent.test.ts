// Rules of the agent's variables: what was there stays, ours is one more option, and Node reads both as they are meant.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { agentEnv, withoutAgent } from '../../../../electron/engine/capture/attach/node-agent.ts';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'sallyport-node-agent-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const given = {
  before: {},
  app: 'shop',
  run: '0123456789abcdef',
  mode: 'observe' as const,
  place: { socket: '/s', secretFile: '/f' },
  file: '/agent.cjs',
};

test.each(['plain', 'with space', 'with "quotes" and \\backslash', 'with  two'])(
  'Node loads what was there and our file, also in a folder called “%s”',
  (folder) => {
    mkdirSync(join(root, folder));
    const file = join(root, folder, 'agent.cjs');
    const theirs = join(root, folder, 'theirs.cjs');
    writeFileSync(file, "console.log('ours');");
    writeFileSync(theirs, "console.log('theirs');");
    const before = { NODE_OPTIONS: `--max-old-space-size=100 --require="${theirs.replaceAll(/[\\"]/g, '\\$&')}"` };
    const { NODE_OPTIONS } = agentEnv({ ...given, before, file });
    const said = execFileSync(process.execPath, ['-e', "console.log('program')"], { env: { NODE_OPTIONS } });
    expect(String(said)).toBe('theirs\nours\nprogram\n');
  },
);

test('a run within a run does not load it twice', () => {
  const once = agentEnv(given)['NODE_OPTIONS'];
  expect(agentEnv({ ...given, before: { NODE_OPTIONS: once } })['NODE_OPTIONS']).toBe(once);
});

test('where there is no link, or no agent in this build, nothing is set', () => {
  expect(agentEnv({ ...given, place: null })).toEqual({});
  expect(agentEnv({ ...given, file: null })).toEqual({});
});

test('an agent is told of govern mode only when it is asked for', () => {
  expect(agentEnv(given)).not.toHaveProperty('SALLYPORT_AGENT_MODE');
  expect(agentEnv({ ...given, mode: 'govern' })).toMatchObject({ SALLYPORT_AGENT_MODE: 'govern' });
});

test('programs of ours get no link, and everything else as it was', () => {
  expect(withoutAgent({ ...agentEnv(given), PATH: '/bin' })).toEqual({
    PATH: '/bin',
    NODE_OPTIONS: '--require=/agent.cjs',
  });
});
