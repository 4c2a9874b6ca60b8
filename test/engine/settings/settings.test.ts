import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSettings, type SettingsHolder } from '../../../electron/engine/settings/settings.ts';
import type { SettingsChange } from '../../../shared/contract/settings.ts';

/** What is set is kept in settings.json, and nothing that cannot be gets there or comes from there. */
let dataDir: string;
let log: string[];
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'sallyport-settings-'));
  log = [];
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const open = (flags: SettingsChange = {}): Promise<SettingsHolder> =>
  openSettings({ dataDir, flags, log: (line) => log.push(line) });
const file = (): string => join(dataDir, 'settings.json');

function problemsOf(holder: SettingsHolder, change: SettingsChange): { path: string; says: string }[] {
  const result = holder.change(change);
  return 'problems' in result ? result.problems : [];
}

describe('a change', () => {
  it('is there again after a start, and what was not named stays', async () => {
    const first = await open();
    first.change({ capture: { bodyLimit: 5000 } });
    first.change({ capture: { passThrough: ['*.bank.test'] }, retention: { callAgeDays: 7 } });
    const { settings, defaults } = (await open()).answer();
    expect(settings.capture).toEqual({ bodyLimit: 5000, passThrough: ['*.bank.test'] });
    expect(settings.retention).toEqual({ ...defaults.retention, callAgeDays: 7 });
  });

  it('is written for the owner alone, and only what differs from the defaults', async () => {
    const holder = await open();
    holder.change({ capture: { bodyLimit: 5000 }, redaction: { names: ['x-acme'] } });
    holder.change({ capture: { bodyLimit: holder.answer().defaults.capture.bodyLimit } });
    expect(JSON.parse(readFileSync(file(), 'utf8'))).toEqual({ redaction: { names: ['x-acme'] } });
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(readdirSync(dataDir)).toEqual(['settings.json']);
  });

  it.each<[string, SettingsChange, string, RegExp]>([
    [
      'a host with a scheme',
      { capture: { passThrough: ['ok.test', 'https://a.test'] } },
      'capture.passThrough.1',
      /without https/,
    ],
    ['a host with a port', { capture: { passThrough: ['a.test:443'] } }, 'capture.passThrough.0', /without a port/],
    ['a star in the middle', { capture: { passThrough: ['a.*.test'] } }, 'capture.passThrough.0', /beginning/],
    ['a name of one letter', { redaction: { names: ['a'] } }, 'redaction.names.0', /two letters/],
    ['no address of a proxy', { network: { upstreamProxy: 'ftp://x' } }, 'network.upstreamProxy', /“ftp” proxy/],
    [
      'a password',
      { network: { upstreamProxy: `http://me:${'pw'.repeat(3)}@proxy.test:3128` } },
      'network.upstreamProxy',
      /password is not kept/,
    ],
    ['no address to listen on', { network: { listen: ['example.com'] } }, 'network.listen.0', /172\.17\.0\.1/],
    [
      'an open door to others',
      { network: { listen: ['172.17.0.1'] } },
      'network.listen',
      /172\.17\.0\.1.*require identity.*sallyport apps add NAME/,
    ],
    ['one port for two', { network: { proxyPort: 5000, workspacePort: 5000 } }, 'network.workspacePort', /share/],
  ])('with %s is refused whole, with the place and the reason', async (_what, change, path, says) => {
    const holder = await open();
    expect(problemsOf(holder, { retention: { callAgeDays: 3 }, ...change })).toMatchObject([
      { path, says: expect.stringMatching(says) },
    ]);
    expect(holder.current).toEqual(holder.answer().defaults);
    expect(readdirSync(dataDir)).toEqual([]);
  });
});

describe('flags of the command line', () => {
  it('come before the file, are named as fixed, and cannot be changed', async () => {
    (await open()).change({ capture: { passThrough: ['file.test'], bodyLimit: 1 } });
    const holder = await open({ capture: { passThrough: ['flag.test'] }, network: { proxyPort: 5001 } });
    const { settings, fixed } = holder.answer();
    expect(settings.capture).toEqual({ passThrough: ['flag.test'], bodyLimit: 1 });
    expect(fixed).toEqual(['capture.passThrough', 'network.proxyPort']);
    expect(problemsOf(holder, { capture: { passThrough: [] } })).toMatchObject([{ path: 'capture.passThrough' }]);
    // Nor do they get into the file by another change.
    holder.change({ capture: { bodyLimit: 2 } });
    expect((await open()).current.capture).toEqual({ passThrough: ['file.test'], bodyLimit: 2 });
  });
});

it('a port, and an address to listen on, count from the next start on', async () => {
  const holder = await open();
  holder.change({ network: { proxyPort: 5002, listen: ['127.0.0.2'] } });
  expect(holder.answer().restart).toEqual(['network.proxyPort', 'network.listen']);
  expect((await open()).answer()).toMatchObject({ restart: [], settings: { network: { proxyPort: 5002 } } });
});

describe.each<[string, string, RegExp]>([
  ['damaged', '{"capture":', /JSON/],
  ['of the wrong shape', '{"capture":{"bodyLimit":"big"}}', /capture\.bodyLimit/],
  ['with a name that is no setting', '{"capture":{"bodylimit":5}}', /bodylimit/],
  ['impossible', '{"network":{"upstreamProxy":"gopher://x"}}', /gopher/],
])('a file that is %s', (_what, text, why) => {
  it('is moved aside and told, and the defaults count', async () => {
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(file(), text);
    const { settings, defaults } = (await open()).answer();
    expect(settings).toEqual(defaults);
    const [left = ''] = readdirSync(dataDir);
    expect(left).toMatch(/^settings\.json\..*\.invalid$/);
    expect(readFileSync(join(dataDir, left), 'utf8')).toBe(text);
    expect(log.join()).toMatch(why);
    expect(log.join()).toContain(left);
  });

  it('is left alone by who only looks', async () => {
    writeFileSync(file(), text);
    const holder = await openSettings({ dataDir, flags: {}, onlyLooking: true, log: () => {} });
    expect(holder.current).toEqual(holder.answer().defaults);
    expect(readdirSync(dataDir)).toEqual(['settings.json']);
  });
});
