// A failing call is found, changed, sent again, compared and saved, by keyboard alone: with the real engine and real
// traffic. The next engineer runs it from the command line.
import { existsSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessibilityFindings } from './axe.ts';
import { trafficPage } from './pages/traffic.ts';
import { noBrowser, startWorkspace, type Workspace } from './start-workspace.ts';
import type { Route } from '../clients/origin.ts';

const SECRET = ['sk', 'live', 'q1W2e3R4t5Y6u7I8'].join('_');
/** What the origin was sent as credentials. */
const authorized: (string | undefined)[] = [];
const charges: Route = (asked, answer) => {
  if (asked.url !== '/v1/charges') return false;
  authorized.push(asked.headers.authorization);
  let body = '';
  asked.on('data', (piece: Buffer) => (body += piece.toString()));
  asked.on('end', () => {
    const declined = body.includes('"tok_declined"');
    answer.writeHead(declined ? 402 : 200, {
      'content-type': 'application/json',
      'request-id': `req_${Date.now()}aB3`,
    });
    answer.end(
      JSON.stringify(
        declined
          ? { error: { code: 'card_declined', message: 'Your card was declined.' } }
          : { id: 'ch_3NfQ8zA1bC2dE4f', status: 'succeeded', created: Math.floor(Date.now() / 1000) },
      ),
    );
  });
  return true;
};

let workspace: Workspace;
beforeAll(async () => {
  if (noBrowser === null) workspace = await startWorkspace({ routes: [charges] });
});
afterAll(() => workspace?.stop());

async function charge(): Promise<void> {
  const [host, port] = workspace.proxy.split(':');
  const body = JSON.stringify({ amount: 4200, source: 'tok_declined' });
  await new Promise<void>((resolve, reject) => {
    const sent = request(
      {
        host,
        port,
        method: 'POST',
        path: `http://${workspace.vendor.host}/v1/charges`,
        headers: {
          host: workspace.vendor.host,
          authorization: `Bearer ${SECRET}`,
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          'idempotency-key': 'order-1',
        },
      },
      (answer) => answer.resume().on('end', resolve),
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

test('a failing call is found, changed, sent again, compared and saved by keyboard alone', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  await charge();
  const page = await workspace.open('traffic');
  const traffic = trafficPage(page);
  await traffic.rowAt(0).waitFor();
  // Found.
  await page.keyboard.press('/');
  await page.keyboard.type('status:402');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  await page.keyboard.press('j');
  await page.keyboard.press('r');
  // Changed.
  await page.getByRole('textbox', { name: 'Address' }).waitFor();
  await page.keyboard.press('b');
  const body = page.getByRole('textbox', { name: 'Body' });
  await body.and(page.locator(':focus')).waitFor();
  await page.keyboard.press('Control+a');
  await page.keyboard.type('{"amount": 4200, "source": "tok_visa"');
  // Sent again, with the credential that nobody here has seen.
  await page.keyboard.press('Control+Enter');
  const answer = page.getByRole('region', { name: 'Answer', exact: true });
  await answer.getByText('200 OK').waitFor();
  await answer.getByText('"succeeded"').waitFor();
  expect(authorized).toEqual([`Bearer ${SECRET}`, `Bearer ${SECRET}`]);
  expect(await page.content()).not.toContain(SECRET);
  // Compared.
  await page.keyboard.press('Escape');
  await page.keyboard.press('c');
  await answer.getByText('the status was 402 and is 200', { exact: false }).waitFor();
  await answer.getByRole('row', { name: '$.error' }).waitFor();
  expect(await accessibilityFindings(page)).toEqual([]);
  // Saved: not with the redacted credential, which a file may not hold.
  await page.keyboard.press('Control+s');
  const dialog = page.getByRole('dialog', { name: 'Save the request' });
  await dialog.getByRole('textbox', { name: 'Name' }).and(page.locator(':focus')).waitFor();
  await page.keyboard.type('charge a card');
  await page.keyboard.press('Enter');
  await dialog.getByRole('alert').getByText('The header authorization holds what looks like a secret').waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await page.keyboard.press('a');
  await page.getByRole('combobox', { name: 'Credentials' }).and(page.locator(':focus')).waitFor();
  await page.keyboard.type('Bearer');
  await page.keyboard.press('Tab');
  await page.keyboard.type('{{token}}');
  await page.keyboard.press('Control+s');
  await dialog.getByRole('textbox', { name: 'Name' }).and(page.locator(':focus')).waitFor();
  await page.keyboard.type('charge a card');
  await page.keyboard.press('Enter');
  await page.getByText('Saved as charge a card').waitFor();

  const file = join(workspace.folder, 'data', 'requests', 'charge a card.request.yaml');
  expect(existsSync(file)).toBe(true);
  const text = readFileSync(file, 'utf8');
  expect(text).not.toMatch(/\*\*\*|sk_live/);
  expect(text).toContain('bearer: "{{token}}"');
  const ran = await workspace.sallyport('replay', [
    file,
    '--var',
    'token=another',
    '--assert',
    'status == 200',
    '--assert',
    '$.status == "succeeded"',
    '--format',
    'junit',
    '--yes',
  ]);
  expect(ran.stderr).toBe('');
  expect(ran.code).toBe(0);
  expect(ran.stdout).toContain('tests="1" failures="0"');
  expect(authorized.at(-1)).toBe('Bearer another');
});
