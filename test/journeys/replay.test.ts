import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Comparison } from '../../shared/model/replay.ts';
import { bodyFacts, makeCall } from '../fixtures/calls.ts';
import { accessibilityFindings } from './axe.ts';
import { startScripted } from './scripted-workspace.ts';
import type { Scripted } from './scripted-workspace.ts';
import { noBrowser } from './start-workspace.ts';

/** What a person does at the workbench: changes a request, sends it, is asked or stopped, compares. */

const BUSY = { timeout: 10_000 };
const MARK = '***9f3k(0a1b2c3d)';
let scripted: Scripted;
beforeAll(async () => {
  if (noBrowser === null) scripted = await startScripted();
});
afterAll(async () => {
  if (noBrowser === null) await scripted.stop();
});
beforeEach(() => {
  if (noBrowser !== null) return;
  const { replay } = scripted;
  scripted.engine.put(
    makeCall({
      id: 41,
      host: 'api.stripe.com',
      path: '/v1/payment_intents',
      query: '?expand=customer',
      status: 402,
      reason: 'Payment Required',
      requestHeaders: [
        ['Host', 'api.stripe.com'],
        ['Authorization', `Bearer ${MARK}`],
        ['Content-Type', 'application/json'],
        ['Idempotency-Key', '8f7d2c1a-55aa-4c0e-9d5c-2f1a77e0c111'],
        ['User-Agent', 'stripe-node/23.1.0'],
      ],
      requestBody: bodyFacts(58),
    }),
    { response: stored('{"error":{"code":"card_declined","message":"Your card was declined."}}') },
  );
  replay.text(41, '{\n  "amount": 4200,\n  "currency": "eur",\n  "payment_method": "pm_card_visa"\n}');
  replay.mark([{ place: 'header:Authorization', mark: MARK, known: true }]);
  replay.problems(() => []);
  replay.questions(() => []);
  replay.answer(() => ({
    call: { status: 200, reason: 'OK', host: 'api.stripe.com', path: '/v1/payment_intents' },
    body: '{"id":"pi_3Qw","status":"succeeded","amount":4200}',
  }));
  replay.compare(COMPARED);
});
const stored = (text: string) => ({
  bytes: Buffer.from(text),
  contentType: 'application/json',
  contentEncoding: null,
  truncated: null,
  redacted: false,
});

const COMPARED: Comparison = {
  verdict: 'changed',
  says: 'Changed: the status was 402 and is 200, and 3 values differ.',
  status: { before: 402, after: 200, same: false },
  headers: [
    { name: 'date', before: 'Mon, 23 Nov 2026 10:00:00 GMT', after: 'Tue, 24 Nov 2026 11:00:00 GMT', ignored: true },
    { name: 'stripe-should-retry', before: 'false', after: null, ignored: false },
  ],
  body: {
    as: 'json',
    same: false,
    changes: [
      {
        path: '$.error',
        kind: 'removed',
        before: '{"code":"card_declined","message":"Your card was declined."}',
        after: null,
        ignored: null,
      },
      { path: '$.id', kind: 'added', before: null, after: '"pi_3Qw"', ignored: null },
      { path: '$.created', kind: 'changed', before: '1795514400', after: '1795600800', ignored: 'timestamp' },
    ],
    more: 0,
  },
  timing: { timeToFirstByteUs: [120_300, 90_000], durationUs: [125_000, 118_000] },
};

test('a recorded call is opened, changed, sent and compared by keyboard alone', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await scripted.open('call?id=41');
  await page.getByRole('button', { name: 'Send again' }).waitFor();
  await page.keyboard.press('r');
  await page.getByRole('textbox', { name: 'Address' }).waitFor();
  expect(await page.getByRole('textbox', { name: 'Address' }).inputValue()).toBe(
    'https://api.stripe.com/v1/payment_intents?expand=customer',
  );
  await page.keyboard.press('b');
  await page.getByRole('textbox', { name: 'Body' }).and(page.locator(':focus')).waitFor();
  await page.keyboard.press('Control+Home');
  for (let line = 0; line < 3; line += 1) await page.keyboard.press('ArrowDown');
  await page.keyboard.press('End');
  await page.keyboard.press('Backspace');
  await page.keyboard.type('_chargeDeclined"');
  await page.keyboard.press('Control+Enter');

  await page.getByRole('region', { name: 'Answer', exact: true }).getByText('200 OK').waitFor();
  await page.getByText('"succeeded"').waitFor();
  const [draft] = scripted.replay.sent.slice(-1);
  expect(draft?.body).toMatchObject({ kind: 'text' });
  expect(draft?.body.kind === 'text' && draft.body.text).toContain('pm_card_visa_chargeDeclined"');
  await page.keyboard.press('Escape');
  await page.keyboard.press('c');
  await page.getByText('the status was 402 and is 200').waitFor();
  await page.getByRole('row', { name: '$.error' }).waitFor();
  // What is ignored is told apart, and can be seen.
  expect(await page.getByRole('row', { name: '$.created' }).count()).toBe(0);
  await page.getByRole('switch', { name: 'Show 2 ignored differences' }).click();
  await page.getByRole('row', { name: '$.created' }).getByText('a time').waitFor();
});

test('what stands in the way is said at its place before anything is sent', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const before = scripted.replay.sent.length;
  const says = 'The value was redacted and is not remembered by this run. Type it, or use a variable.';
  scripted.replay.problems((draft) =>
    draft.auth.kind === 'recorded' ? [{ place: 'header:Authorization', kind: 'redacted', says }] : [],
  );
  const page = await scripted.open('replay?call=41');
  await page.getByRole('alert', { name: 'What stands in the way' }).getByText(says).waitFor();
  await page.keyboard.press('Control+Enter');
  await page.getByRole('button', { name: 'Header Authorization' }).click();
  await page.getByRole('textbox', { name: 'Value of Authorization' }).waitFor();
  expect(scripted.replay.sent.length).toBe(before);
  await page.getByRole('tab', { name: 'Credentials' }).click();
  await page.getByRole('combobox', { name: 'Credentials' }).selectOption('bearer');
  await page.getByRole('textbox', { name: 'Token' }).fill('typed');
  expect(await page.getByRole('textbox', { name: 'Token' }).getAttribute('type')).toBe('password');
  await page.getByRole('alert', { name: 'What stands in the way' }).waitFor({ state: 'detached' });
  await page.keyboard.press('Control+Enter');
  await expect.poll(() => scripted.replay.sent.at(-1)?.auth, BUSY).toEqual({ kind: 'bearer', token: 'typed' });
});

test('what may do harm is asked first, and a no sends nothing', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const before = scripted.replay.sent.length;
  scripted.replay.questions(() => [
    { reason: 'not-idempotent', says: 'POST to Stripe makes something new each time.', nanoUsd: null },
    { reason: 'paying', says: 'Sending it is billed again.', nanoUsd: 2_500_000 },
  ]);
  const page = await scripted.open('replay?call=41');
  await page.getByRole('textbox', { name: 'Address' }).waitFor();
  await page.keyboard.press('Control+Enter');
  const dialog = page.getByRole('alertdialog', { name: 'Send this?' });
  await dialog.getByText('makes something new each time').waitFor();
  await dialog.getByText('The recorded call cost $0.0025').waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  expect(scripted.replay.sent.length).toBe(before);
  await page.getByRole('button', { name: 'Send', exact: false }).first().click();
  await dialog.getByRole('button', { name: 'Send' }).click();
  await expect.poll(() => scripted.replay.sent.length, BUSY).toBe(before + 1);
});

test('an answer is shown while it comes, and can be given up', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  scripted.replay.answer(() => ({ call: { status: 200 }, body: 'data: the first of many\n\n', hold: true }));
  const page = await scripted.open('replay?call=41');
  await page.getByRole('textbox', { name: 'Address' }).waitFor();
  await page.keyboard.press('Control+Enter');
  await page.getByText('data: the first of many').waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByText('Given up.').waitFor();
  await expect.poll(() => scripted.replay.givenUp(), BUSY).toBe(1);
});

test('query and headers are edited as rows, and what was not touched goes as it was', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await scripted.open('replay?call=41&edit=query');
  const address = page.getByRole('textbox', { name: 'Address' });
  await address.waitFor();
  await address.fill('https://api.stripe.com/v1/x?a=%7E1&flag&b=two+words');
  await page.getByRole('textbox', { name: 'Value of b' }).fill('three & four {{n}}');
  expect(await address.inputValue()).toBe('https://api.stripe.com/v1/x?a=%7E1&flag&b=three%20%26%20four%20{{n}}');
  await page.getByRole('tablist', { name: 'Parts of the request' }).getByRole('tab', { name: 'Headers' }).click();
  await page.getByRole('checkbox', { name: 'Send User-Agent' }).uncheck();
  await page.getByRole('combobox', { name: 'Add a name' }).fill('X-Debug');
  await page.getByRole('textbox', { name: 'Value of X-Debug' }).fill('1');
  await page.keyboard.press('Control+Enter');
  await expect
    .poll(() => scripted.replay.sent.at(-1)?.headers, BUSY)
    .toEqual(
      expect.arrayContaining([
        { name: 'User-Agent', value: 'stripe-node/23.1.0', off: true },
        { name: 'X-Debug', value: '1', off: false },
      ]),
    );
});

test('a cURL command pasted into the address becomes the request', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await scripted.open('replay');
  await page.getByRole('button', { name: 'New request' }).first().click();
  const address = page.getByRole('textbox', { name: 'Address' });
  await address.focus();
  const command = "curl -k -X PUT https://api.shop.com/v1/x -H 'content-type: application/json' --data-raw '{\"a\":1}'";
  await page.evaluate((text) => navigator.clipboard.writeText(text), command);
  await page.keyboard.press('Control+v');
  await expect.poll(() => address.inputValue(), BUSY).toBe('https://api.shop.com/v1/x');
  await page.getByText('certificates are always checked').waitFor();
  await page.keyboard.press('Control+Enter');
  await expect
    .poll(() => scripted.replay.sent.at(-1), BUSY)
    .toMatchObject({ method: 'PUT', body: { kind: 'text', text: '{"a":1}' } });
});

for (const theme of ['dark', 'light'] as const)
  test(`the workbench is accessible (${theme})`, async (context) => {
    if (noBrowser !== null) return context.skip(noBrowser);
    for (const at of [
      'replay',
      'replay?call=41',
      'replay?call=41&edit=headers',
      'replay?call=41&edit=auth',
      'replay?call=41&edit=settings',
    ]) {
      const page = await scripted.open(at, { theme });
      await (
        at === 'replay'
          ? page.getByRole('heading', { name: 'Send a call again' })
          : page.getByRole('textbox', { name: 'Address' })
      ).waitFor();
      expect(await accessibilityFindings(page), at).toEqual([]);
    }
  });
