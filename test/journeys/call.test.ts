// One call is opened and understood: what it was, how it went, what was in it.
import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { accessibilityFindings } from './axe.ts';
import { bigRoute, cutRoute, KINDS, kindsRoute, PNG, streamRoute } from './bodies-origin.ts';
import { callPage } from './pages/call.ts';
import { statusRoute } from './send-calls.ts';
import { noBrowser, startWorkspace, type Workspace } from './start-workspace.ts';

let workspace: Workspace;
const stream = streamRoute();
beforeAll(async () => {
  if (noBrowser !== null) return;
  workspace = await startWorkspace({ routes: [kindsRoute, bigRoute, cutRoute, stream.route, statusRoute] });
});
afterAll(() => workspace?.stop());

interface Sent {
  path: string;
  method?: string;
  headers?: Record<string, string>;
  body?: Buffer | string;
  /** Comes back at the answer's head instead of at its end. */
  headOnly?: boolean;
}

/** Sends a call through the proxy under a name of its own, and gives its number. */
let sent = 0;
async function send({ path, method = 'GET', headers = {}, body, headOnly = false }: Sent): Promise<number> {
  const [host, port] = workspace.proxy.split(':');
  const app = `caller-${++sent}`;
  await new Promise<void>((resolve) => {
    const asked = request(
      {
        host,
        port,
        method,
        path: `http://${workspace.vendor.host}${path}`,
        agent: false,
        headers: {
          host: workspace.vendor.host,
          'proxy-authorization': `Basic ${Buffer.from(`${app}:`).toString('base64')}`,
          ...headers,
          ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }),
        },
      },
      (answer) => {
        answer
          .resume()
          .on('close', resolve)
          .on('error', () => resolve());
        if (headOnly) resolve();
      },
    );
    asked.on('error', () => resolve());
    asked.end(body);
  });
  return idOf(app);
}

async function idOf(app: string): Promise<number> {
  for (;;) {
    const [row] = await workspace.calls(app);
    if (row) return Number(row.id);
  }
}

test('every kind of body is recognised and shown', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await workspace.open();
  const call = callPage(page);
  for (const { path, form, shows } of KINDS) {
    const id = await send({ path });
    await page.goto(`${page.url().split('#')[0]}#/call?id=${id}&tab=response&part=body`);
    await call.title.filter({ hasText: path }).waitFor();
    await call.form.filter({ hasText: form }).waitFor();
    await call.body.getByText(shows).first().waitFor();
  }
  expect(await page.title()).toBe('Sallyport'); // no script of a page was run
}, 60_000);

test('a form, its parts, and a GraphQL query are taken apart', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const form = await send({
    path: '/status/200',
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'city=K%C3%B6ln&plan=a+b',
  });
  const upload = await send({
    path: '/status/201',
    method: 'POST',
    headers: { 'content-type': 'multipart/form-data; boundary=b1' },
    body: Buffer.concat([
      Buffer.from(
        '--b1\r\nContent-Disposition: form-data; name="note"\r\n\r\nholiday\r\n--b1\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n',
      ),
      PNG,
      Buffer.from('\r\n--b1--\r\n'),
    ]),
  });
  const graphql = await send({
    path: '/graphql',
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"operationName":"Repos","query":"query Repos($n:Int){viewer{repos(first:$n){name}}}","variables":{"n":5}}',
  });
  const page = await workspace.open(`call?id=${form}&tab=request&part=body`);
  const call = callPage(page);
  await call.panel.getByRole('cell', { name: 'Köln' }).waitFor();
  await call.panel.getByRole('cell', { name: 'a+b' }).waitFor();
  await page.goto(`${page.url().split('#')[0]}#/call?id=${upload}&tab=request&part=body`);
  await call.body.getByText('holiday').waitFor();
  await call.panel.getByRole('option', { name: /a\.png/ }).click();
  await call.panel.getByText('image/png · 1 × 1').waitFor();
  await page.goto(`${page.url().split('#')[0]}#/call?id=${graphql}&tab=request&part=body`);
  await call.text.getByText('query Repos($n: Int) {').waitFor();
  await call.text.getByText('"n": 5').waitFor();
});

test('headers are found, explained, and redacted ones are told from others', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const id = await send({
    path: '/k/json?q=J%C3%BCrgen',
    headers: {
      authorization: `Bearer ${['tok', 'Zx81kd93jslq0x82'].join('-')}`,
      cookie: 'theme=dark',
      'X-Odd': 'Kept',
    },
  });
  const page = await workspace.open(`call?id=${id}&tab=request`);
  const call = callPage(page);
  await call.panel.getByText('X-Odd').waitFor();
  await call.panel.locator('.headers-line', { hasText: 'authorization' }).getByText('redacted').waitFor();
  await call.panel.getByRole('searchbox', { name: 'Find in headers' }).fill('odd');
  await call.panel.getByText('proxy-authorization').waitFor({ state: 'detached' });
  expect(await call.panel.locator('.headers-line').count()).toBe(1);
  await call.part('Query').click();
  await call.panel.getByRole('cell', { name: 'Jürgen' }).waitFor();
  await call.part('Cookies').click();
  await call.panel.getByRole('cell', { name: 'theme' }).waitFor();
});

test('what is missing is said: a cut body, a name that does not resolve', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const id = await send({ path: '/cut' });
  const page = await workspace.open(`call?id=${id}&tab=response&part=body`);
  const call = callPage(page);
  await call.panel.getByText('Failed: the origin closed before the answer was complete').waitFor();
  await call.text.getByText('"name": "fir').waitFor();
  await call.panel.getByText('Not quite JSON: a text that does not end.').waitFor();
});

test('50 MB open, are searched to their end, and gone through', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await workspace.open('settings');
  // The usual limit keeps 1 MiB of a body.
  await page.evaluate(async () => {
    const answer = await fetch('/api/settings', {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ capture: { bodyLimit: 64 * 1024 * 1024 } }),
    });
    if (!answer.ok) throw new Error(await answer.text());
  });
  const id = await send({ path: '/big/50' });
  await page.goto(`${page.url().split('#')[0]}#/call?id=${id}&tab=response&part=body`);
  const call = callPage(page);
  const rows = call.panel.getByLabel('Text of the body');
  await rows.getByText('"customer 0"').waitFor();
  await call.panel.getByRole('button', { name: 'Find in the body' }).click();
  await call.find.fill('the very end');
  await call.found.getByText('1 / 1').waitFor();
  await rows.getByText('the very end').waitFor();
  await rows.focus();
  await page.keyboard.press('Home');
  await rows.getByText('"customer 0"').waitFor();
}, 120_000);

test('a stream is followed while it is open, and searched', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const id = await send({ path: '/events', headOnly: true });
  const page = await workspace.open(`call?id=${id}&tab=messages`);
  const call = callPage(page);
  await call.messages.getByRole('option', { name: /"n":2/ }).waitFor();
  stream.more('{"n":3,"late":true}');
  await call.messages.getByRole('option', { name: /late/ }).click();
  await call.text.getByText('"late": true').waitFor();
  await call.panel.getByRole('searchbox', { name: 'Find in messages' }).fill('"n":2');
  await call.panel.getByText('1 of 3').waitFor();
  stream.end();
  await page.getByText('The call has not ended yet').waitFor({ state: 'detached' });
});

test('a chat reads as a conversation, put together from its stream', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const id = await send({
    path: '/v1/messages',
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'claude-x',
      stream: true,
      system: 'Be brief.',
      messages: [{ role: 'user', content: 'Weather?' }],
    }),
  });
  const page = await workspace.open(`call?id=${id}&tab=conversation`);
  const { conversation } = callPage(page);
  await conversation.getByText('Oslo is cold today.').waitFor();
  await conversation.getByText('Weather?').waitFor();
  await conversation.getByRole('listitem').filter({ hasText: '11' }).getByText('tokens in').waitFor();
  await conversation.getByText('Ended: end_turn').waitFor();
});

test('WebSocket messages are listed both ways, by the thousand', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const server = new WebSocketServer({ noServer: true });
  workspace.vendor.onUpgrade((asked, socket, head) =>
    server.handleUpgrade(asked, socket, head, (one) => one.on('message', (data) => one.send(`echo ${String(data)}`))),
  );
  const [host, port] = workspace.proxy.split(':');
  await new Promise<void>((resolve, reject) => {
    const tunnel = request({
      host,
      port,
      method: 'CONNECT',
      path: `${workspace.vendor.host}:80`,
      headers: { 'proxy-authorization': `Basic ${Buffer.from('talker:').toString('base64')}` },
    });
    tunnel.on('error', reject);
    tunnel.on('connect', (_, socket) => {
      const client = new WebSocket(`ws://${workspace.vendor.host}/live`, { createConnection: () => socket });
      let heard = 0;
      client.on('open', () => {
        for (let n = 0; n < 1200; n++) client.send(`{"n":${n}}`);
      });
      client.on('message', () => ++heard === 1200 && client.close(1000, 'enough'));
      client.on('close', () => resolve());
      client.on('error', reject);
    });
    tunnel.end();
  });
  const page = await workspace.open(`call?id=${await idOf('talker')}&tab=messages`);
  const call = callPage(page);
  await call.messages.getByRole('option', { name: /sent/i }).first().waitFor();
  await call.messages.focus();
  await page.keyboard.press('End');
  await page.getByText('Reason: enough').waitFor();
  await call.panel.getByRole('radio', { name: 'Received' }).click();
  await call.panel.getByText(/of 2,40\d/).waitFor();
  await call.messages.getByRole('option', { name: /echo/ }).first().waitFor();
});

test('with the keyboard alone: tabs, parts, finding', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const id = await send({ path: '/k/json' });
  const page = await workspace.open(`call?id=${id}`);
  const call = callPage(page);
  await call.tab('Summary').waitFor();
  await page.keyboard.press(']');
  await page.keyboard.press(']');
  await call.text.getByText('12345678901234567890').waitFor();
  await page.keyboard.press('Shift+F');
  await page.keyboard.type('items');
  await call.found.getByText('1 / 1').waitFor();
  await page.keyboard.press('Escape');
  await call.find.waitFor({ state: 'detached' });
  // What is found in a folded part unfolds it.
  await page.getByRole('button', { name: 'Fold', exact: true }).click();
  await page.getByRole('menuitem', { name: 'To the first level' }).click();
  await call.text.getByText('12345678901234567890').waitFor({ state: 'detached' });
  await page.keyboard.press('Escape');
  await page.keyboard.press('Shift+F');
  await page.keyboard.type('12345');
  await call.text.getByText('12345678901234567890').waitFor();
  await page.keyboard.press('Escape');
  await call.part('Body').focus();
  await page.keyboard.press('ArrowRight');
  await call.panel.getByText('content-length').waitFor();
  await page.keyboard.press('[');
  await page.keyboard.press('u');
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(`http://${workspace.vendor.host}/k/json`);
});

test('two calls are compared: facts, headers, JSON without the order of keys', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const json = { 'content-type': 'application/json' };
  const a = await send({
    path: '/status/200',
    method: 'POST',
    headers: json,
    body: '{"a":1,"same":[1,2],"gone":true}',
  });
  const b = await send({
    path: '/status/201',
    method: 'POST',
    headers: { ...json, 'x-new': '1' },
    body: '{"same":[1,2],"a":2}',
  });
  const page = await workspace.open(`compare?a=${a}&b=${b}`);
  const main = page.getByRole('region', { name: 'Compare two calls' });
  await main.getByRole('row', { name: /Status 200 OK 201 Created/ }).waitFor();
  await main.getByRole('tab', { name: 'Request' }).click();
  await main.getByRole('row', { name: 'x-new not there 1' }).waitFor();
  await main.getByText('2 places differ').waitFor();
  expect(await main.locator('.difference-removed').allInnerTexts()).toEqual([
    expect.stringContaining('"a": 1'),
    expect.stringContaining('"gone": true'),
  ]);
});

test.each(['dark', 'light'] as const)(
  'no serious finding of accessibility in %s',
  async (theme) => {
    if (noBrowser !== null) return;
    const id = await send({ path: '/k/json', headers: { cookie: 'a=b' } });
    const other = await send({ path: '/k/xml' });
    const page = await workspace.open(`call?id=${id}`, { theme });
    const call = callPage(page);
    const findings: string[] = [];
    for (const [at, shown] of [
      [`call?id=${id}`, call.panel.getByText('Seen by')],
      [`call?id=${id}&tab=request&part=headers`, call.panel.getByText('cookie', { exact: true })],
      [`call?id=${id}&tab=response&part=body`, call.text.getByText('items')],
      [`call?id=${id}&tab=timing`, call.panel.getByText('Total')],
      [`call?id=${id}&tab=raw`, call.panel.getByText('GET /k/json HTTP/1.1')],
      [`compare?a=${id}&b=${other}&tab=response`, page.getByText('content-type')],
    ] as const) {
      await page.goto(`${page.url().split('#')[0]}#/${at}`);
      await shown.first().waitFor();
      for (const finding of await accessibilityFindings(page)) findings.push(`${at}: ${finding}`);
    }
    expect(findings).toEqual([]);
  },
  120_000,
); // six scans
