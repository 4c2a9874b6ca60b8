import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessibilityFindings } from './axe.ts';
import { largeWorld, smallWorld } from './map-world.ts';
import { vendorsPage } from './pages/vendors.ts';
import { startScripted } from './scripted-workspace.ts';
import type { Scripted } from './scripted-workspace.ts';
import { noBrowser } from './start-workspace.ts';
import { openaiLimits, openaiPage } from './vendor-pages.ts';

/** What a person does with vendors: looks, decides, writes down; with a month of a made-up installation. */

/** A machine with much else to do takes its time to draw. */
const BUSY = { timeout: 10_000 };
let scripted: Scripted;
beforeAll(async () => {
  if (noBrowser !== null) return;
  scripted = await startScripted();
  scripted.map.put(smallWorld());
  const now = Date.now() * 1000;
  scripted.vendors.tell('openai', { page: openaiPage(now), headroom: openaiLimits(now) });
});
afterAll(async () => {
  if (noBrowser === null) await scripted.stop();
});

test('the inbox is emptied with the keyboard alone, and a decision can be taken back', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await scripted.open('vendors');
  const vendors = vendorsPage(page);
  await vendors.row('Stripe').waitFor();
  await page.keyboard.press('i');
  await vendors.inbox.waitFor();
  // The newest first: it came two weeks ago, the others with the month.
  await expect.poll(() => vendors.rows.count(), BUSY).toBe(3);
  await page.keyboard.press('j');
  await page.keyboard.press('a');
  await vendors.row('singlestore.example').waitFor({ state: 'detached' });
  await page.getByText('singlestore.example is approved now').waitFor();
  await page.keyboard.press('b');
  await page.getByText('Google Maps is blocked now').waitFor();
  await expect.poll(() => vendors.rows.count(), BUSY).toBe(1);
  await vendors.undo.first().click();
  await vendors.row('Google Maps').waitFor();
  await vendors.undo.last().click();
  await vendors.row('singlestore.example').waitFor();
});

test('whose a host is, is said in the inbox, and can be taken back', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await scripted.open('vendors?tab=inbox');
  const vendors = vendorsPage(page);
  await vendors.row('singlestore.example').getByRole('button', { name: 'Assign' }).click();
  await vendors.dialog.getByRole('textbox', { name: 'Vendor' }).fill('Single Store');
  await page.keyboard.press('Enter');
  await vendors.row('singlestore.example').waitFor({ state: 'detached' });
  expect(scripted.vendors.assigned).toEqual([{ id: 'single-store', hosts: ['api.singlestore.example'] }]);
  await vendors.undo.click();
  await vendors.row('singlestore.example').waitFor();
});

test('a vendor is found, kept by status and sorted, and the address remembers it', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await scripted.open('vendors');
  const vendors = vendorsPage(page);
  await vendors.row('Stripe').waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('support-bot ai');
  await expect.poll(() => vendors.rows.count(), BUSY).toBe(2);
  await page.keyboard.press('Enter');
  await vendors.title.getByText('OpenAI').waitFor();
  expect(page.url()).toContain('vendor=openai');
  await vendors.find.fill('');
  await vendors.keepStatus(/^Blocked/);
  await expect.poll(() => vendors.rows.count(), BUSY).toBe(1);
  await vendors.row('metrics-hub.io').waitFor();
  expect(page.url()).toContain('status=blocked');
  await vendors.keepStatus(/^any/);
  await vendors.column('Cost').getByRole('button').click();
  expect(page.url()).toContain('sort=-cost');
  await expect.poll(() => vendors.rows.first().textContent(), BUSY).toContain('Twilio');
});

test('a vendor’s page says what hangs on it, what is left, what ends and where it is', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await scripted.open('vendors?vendor=openai');
  const vendors = vendorsPage(page);
  await vendors.title.getByText('OpenAI').waitFor();
  await vendors.part('If it disappeared').getByText('2 apps would fail, at 2 places in their code.').waitFor();
  const limits = vendors.part('What is left of its limits');
  await limits.getByText('38 of 500 requests left').waitFor();
  await limits.getByText(/If the last minutes go on, nothing is left in/).waitFor();
  await vendors
    .part('Announced ends')
    .getByText(/^Will end on .*, in 3[78] days$/)
    .waitFor();
  const where = vendors.part('Countries');
  expect(await where.getByRole('term').allTextContents()).toEqual([
    'Connections end in',
    'Says it processes in',
    'Importer, in law',
  ]);
  await where.getByText('Ireland').waitFor();
  const [calls, errors] = await vendors.figures.getByRole('link').all();
  expect(decodeURIComponent((await calls?.getAttribute('href')) ?? '')).toContain('vendor:openai');
  expect(decodeURIComponent((await errors?.getAttribute('href')) ?? '')).toContain('status:>=400');
  const docs = vendors.part('Elsewhere').getByRole('link').first();
  expect(await docs.getAttribute('target')).toBe('_blank');
});

test('what people say of a vendor counts when it is left, and a refusal is told in words', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await scripted.open('vendors?vendor=twilio');
  const vendors = vendorsPage(page);
  await vendors.field('Purpose').fill('Text messages to customers');
  await page.keyboard.press('Enter');
  await page.getByText('Purpose of Twilio changed').waitFor();
  await page.reload();
  await vendors.title.getByText('Twilio').waitFor();
  await expect.poll(() => vendors.field('Purpose').inputValue(), BUSY).toBe('Text messages to customers');
  const payment = vendors.panel.getByRole('checkbox', { name: 'payment' });
  await payment.click();
  await page.getByText('Data it gets of Twilio changed').waitFor();
  await expect.poll(() => payment.isChecked(), BUSY).toBe(true);
  await vendors.field('Owner').fill('nobody');
  await page.keyboard.press('Enter');
  await page.getByText('Nobody cannot own a vendor.').waitFor();
});

test('a mistake in vendors.yaml is shown with its place', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  scripted.vendors.complain([{ line: 12, column: 7, says: '“critcality” is no key of a vendor.' }]);
  const page = await scripted.open('vendors');
  const vendors = vendorsPage(page);
  await vendors.problems.getByText('line 12, column 7').waitFor();
  scripted.vendors.complain([]);
  await vendors.problems.waitFor({ state: 'detached' });
});

test('hundreds of vendors are walked as quickly as three: only those in sight are drawn', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const many = await startScripted();
  try {
    many.map.put(largeWorld({ apps: 40, vendors: 400, endpoints: 420 }));
    const page = await many.open('vendors?sort=name');
    const vendors = vendorsPage(page);
    await vendors.rows.first().waitFor();
    await vendors.list.focus();
    await page.keyboard.press('End');
    await vendors.row('Vendor 99').waitFor();
    expect(await vendors.rows.count()).toBeLessThan(80);
  } finally {
    await many.stop();
  }
});

test.for(['dark', 'light'] as const)(
  'no serious accessibility finding in %s vendors',
  { timeout: 60_000 },
  async (theme, context) => {
    if (noBrowser !== null) return context.skip(noBrowser);
    const page = await scripted.open('vendors?vendor=openai', { theme });
    const vendors = vendorsPage(page);
    await vendors.part('Endpoints').waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await vendors.tab('Inbox').click();
    await vendors.inbox.waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
  },
);
