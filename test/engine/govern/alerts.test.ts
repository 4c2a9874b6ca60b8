// What people rely on who are told of alerts: signed and tried again, JSON for commands, and open over a restart.
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it, vi } from 'vitest';
import {
  fingerprintCommand,
  readAllowed,
  writeAllowed,
} from '../../../electron/engine/govern/alerts/allowed-commands.ts';
import { openAlertBook } from '../../../electron/engine/govern/alerts/alert-book.ts';
import { readPolicyText } from '../../../electron/engine/govern/register/read-policies.ts';
import { alertSettings } from '../../../shared/policies/alert/settings.ts';
import type { AlertChange } from '../../../shared/policies/kind.ts';

const NOW = 1_800_000_000_000_000;
const ALL = { since: 0, until: NOW * 2 };

function opens(notify: unknown[], state: 'open' | 'closed' = 'open'): AlertChange {
  const settings = alertSettings.parse({ metric: 'errors', above: 1, notify });
  const match = { fields: {}, headers: {}, tags: {}, times: [], when: null };
  const policy = {
    id: 'failing',
    kind: 'alert' as const,
    mode: 'enforce' as const,
    match,
    settings,
    onFault: 'open' as const,
    owner: null,
    reason: null,
    expiresAt: null,
  };
  return { policy, key: 'app=a', at: NOW, state, value: 2, sentence: 'It opened.' };
}

function bookIn(dataDir: string) {
  const lines: string[] = [];
  const book = openAlertBook({
    dataDir,
    now: () => NOW,
    log: (line) => lines.push(line),
    environment: { HOOK: 'sesame' },
    backoffMs: [1, 1],
    timeoutMs: 5000,
    lookEveryMs: 5,
  });
  const delivered = () =>
    vi.waitFor(
      async () => {
        const [row] = (await book.alerts(ALL)).alerts;
        expect(row?.deliveries.every(({ state }) => state !== 'waiting')).toBe(true);
        return row!.deliveries;
      },
      { timeout: 5000, interval: 5 },
    );
  return { book, delivered, lines };
}
const folder = () => mkdtempSync(join(tmpdir(), 'alerts-'));

it('signs what it posts, tries again while the receiver is in trouble, and keeps the secret', async () => {
  const heard: { signature: string; body: string }[] = [];
  const server = createServer((request, response) => {
    void text(request).then((posted) => {
      heard.push({ signature: String(request.headers['sallyport-signature']), body: posted });
      response.writeHead(heard.length < 3 ? 503 : 204).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const dataDir = folder();
  const { book, delivered, lines } = bookIn(dataDir);
  book.alerted(opens([{ webhook: `http://127.0.0.1:${port}/private-path`, secret: 'env:HOOK' }]));
  expect(await delivered()).toMatchObject([{ to: `127.0.0.1:${port}`, state: 'delivered', tries: 3 }]);
  const { signature, body } = heard[2]!;
  const [, seconds, hex] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(signature)!;
  expect(hex).toBe(createHmac('sha256', 'sesame').update(`${seconds}.${body}`).digest('hex'));
  expect(JSON.parse(body)).toMatchObject({ policy: 'failing', key: 'app=a', state: 'open', value: 2 });
  await book.close();
  server.close();
  expect(lines.join() + readFileSync(join(dataDir, 'alerts.json'), 'utf8')).not.toMatch(/sesame|private-path/);
});

it('gives up after its tries, at once on a plain no, and does not send unsigned what should be signed', async () => {
  let calls = 0;
  const server = createServer((request, response) => {
    calls++;
    response.writeHead(request.url === '/gone' ? 410 : 500).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { book, delivered } = bookIn(folder());
  book.alerted(opens([{ webhook: `${at}/down` }, { webhook: `${at}/gone` }, { webhook: at, secret: 'env:NOT_SET' }]));
  expect((await delivered()).map(({ state, tries }) => [state, tries])).toEqual([
    ['failed', 3],
    ['failed', 1],
    ['failed', 0],
  ]);
  expect(calls).toBe(4);
  await book.close();
  server.close();
});

const allow = (dataDir: string, ...commands: string[][]): void =>
  writeAllowed(
    dataDir,
    commands.map((command) => ({ policy: 'failing', sha256: fingerprintCommand(command), at: NOW })),
  );
const pipeTo = (file: string) => [
  process.execPath,
  '-e',
  'process.stdin.pipe(require("fs").createWriteStream(process.argv[1]))',
  file,
];

it('gives a command the alert as JSON, and no shell', async () => {
  const dataDir = folder();
  const out = join(folder(), 'heard');
  const commands = [pipeTo(out), ['no-such-program; true']];
  allow(dataDir, ...commands);
  const { book, delivered } = bookIn(dataDir);
  book.alerted(opens(commands.map((command) => ({ command }))));
  expect((await delivered()).map(({ state }) => state)).toEqual(['delivered', 'failed']);
  expect(JSON.parse(readFileSync(out, 'utf8'))).toMatchObject({ policy: 'failing', state: 'open' });
  await book.close();
});

it('starts no program before it was allowed here, then tells it at once, and not one that was edited', async () => {
  const dataDir = folder();
  const out = join(folder(), 'heard');
  const command = pipeTo(out);
  const { book, delivered, lines } = bookIn(dataDir);
  const states = async () => (await book.alerts(ALL)).alerts.map(({ deliveries }) => deliveries);
  book.alerted(opens([{ command }]));
  const says = 'run "sallyport policy allow-command failing"';
  await vi.waitFor(async () => expect(await states()).toMatchObject([[{ state: 'waiting', tries: 0, says }]]));
  expect(lines.filter((line) => line.includes('allow-command'))).toHaveLength(1);
  // Another policy’s command, and one that is another by a character, are not it.
  const sha256 = fingerprintCommand(command);
  writeAllowed(dataDir, [
    { policy: 'other', sha256, at: NOW },
    { policy: 'failing', sha256: fingerprintCommand([...command.slice(0, -1), `${out}x`]), at: NOW },
  ]);
  const marker = { command: pipeTo(`${out}x`) };
  await vi.waitFor(() => expect(readAllowed(dataDir)).toHaveLength(2));
  book.alerted({ ...opens([marker]), key: 'app=b' });
  await vi.waitFor(() => expect(existsSync(`${out}x`)).toBe(true), { timeout: 5000 });
  expect(existsSync(out)).toBe(false);
  // Allowed while it waits.
  allow(dataDir, command);
  expect(await delivered()).toMatchObject([{ state: 'delivered' }]);
  expect(JSON.parse(readFileSync(out, 'utf8'))).toMatchObject({ policy: 'failing', key: 'app=a' });
  // Edited, or closed before somebody allowed it.
  const edited = [...command.slice(0, -1), `${out}-other`];
  book.alerted({ ...opens([{ command: edited }]), key: 'app=c' });
  await vi.waitFor(async () => expect((await states()).flat().map(({ state }) => state)).toContain('waiting'));
  book.alerted({ ...opens([{ command: edited }], 'closed'), key: 'app=c' });
  await vi.waitFor(async () =>
    expect((await book.alerts(ALL)).alerts.find(({ key }) => key === 'app=c')!.deliveries).toMatchObject([
      { state: 'failed', says: expect.stringContaining('before its command was allowed') },
      { state: 'failed', says: expect.stringContaining('before its command was allowed') },
    ]),
  );
  expect(existsSync(`${out}-other`)).toBe(false);
  await book.close();
});

it('keeps what is allowed for its owner alone, and counts nothing that others could have written', () => {
  const dataDir = folder();
  const file = join(dataDir, 'alert-commands.json');
  allow(dataDir, ['true']);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, 'utf8')).not.toContain('"true"');
  // The engine writes policy files where it is told to: none of them can be taken for this one.
  expect(readPolicyText(readFileSync(file, 'utf8'))).toHaveProperty('problems');
  writeFileSync(file, 'policies: []\n');
  expect(() => readAllowed(dataDir)).toThrow('damaged');
  allow(dataDir, ['true']);
  chmodSync(file, 0o666);
  expect(() => readAllowed(dataDir)).toThrow('chmod 600');
});

it('keeps an open alert over a restart, does not open it twice, and closes it when it is over or its policy is gone', async () => {
  const dataDir = folder();
  const first = bookIn(dataDir);
  first.book.alerted(opens(['desktop']));
  const [row] = (await first.book.alerts(ALL)).alerts;
  expect(await first.book.changeAlert({ id: row!.id, state: 'acknowledged', by: 'me' })).toMatchObject({
    acknowledgedBy: 'me',
  });
  // Of two pages one shows it, and it is not shown again after a restart.
  expect(row!.deliveries).toMatchObject([{ to: 'desktop', state: 'waiting' }]);
  expect(await first.book.showAlert({ id: row!.id })).toEqual({ first: true });
  expect(await first.book.showAlert({ id: row!.id })).toEqual({ first: false });
  expect(await first.book.showAlert({ id: 99 })).toEqual({ problem: 'not-found' });
  expect(await first.book.changeAlert({ id: 99, state: 'closed' })).toEqual({ problem: 'not-found' });
  await first.book.close();
  const second = bookIn(dataDir).book;
  second.alerted(opens(['desktop']));
  expect((await second.alerts(ALL)).alerts.map(({ id, state }) => [id, state])).toEqual([[row!.id, 'acknowledged']]);
  expect(await second.showAlert({ id: row!.id })).toEqual({ first: false });
  second.alerted(opens(['desktop'], 'closed'));
  second.alerted(opens(['desktop']));
  expect((await second.alerts(ALL)).alerts.map(({ state }) => state)).toEqual(['open', 'closed']);
  second.applied({ version: 1, otherwise: 'allow', zone: 'UTC', policies: [], exceptions: [] });
  expect((await second.alerts(ALL)).open).toBe(0);
  await second.close();
});
