import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessibilityFindings } from './axe.ts';
import { appsPage } from './pages/apps.ts';
import { startScripted } from './scripted-workspace.ts';
import type { Scripted } from './scripted-workspace.ts';
import { noBrowser } from './start-workspace.ts';

/** What a person does with apps, with a register that holds what a machine takes weeks to see. */

const DAY = 86_400_000_000;
let scripted: Scripted;
beforeAll(async () => {
  if (noBrowser !== null) return;
  scripted = await startScripted();
  const now = Date.now() * 1000;
  scripted.apps.add([
    {
      name: 'shop',
      calls: 4_821,
      errors: 31,
      hosts: 2,
      topHosts: [
        { host: 'api.stripe.com', calls: 4_000 },
        { host: 'api.mailgun.net', calls: 821 },
      ],
      owner: 'Ada',
      criticality: 'critical',
      processes: ['server.ts'],
      coverage: { seen: 90, notSeen: 10 },
      firstSeen: now - 40 * DAY,
    },
    { name: 'shop-worker', calls: 300, processes: ['worker.ts'], firstSeen: now - 30 * DAY },
    { name: 'etl', calls: 900, processes: ['python3.12'], firstSeen: now - 20 * DAY },
    { name: 'curl', calls: 12, errors: 1, processes: ['curl'], firstSeen: now },
  ]);
});
afterAll(async () => {
  if (noBrowser === null) await scripted.stop();
});

test('with the keyboard alone an app is found, opened, renamed, and that is undone', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await scripted.open('overview');
  await page.keyboard.press('Control+7');
  const apps = appsPage(page);
  await apps.row('shop').waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('worker');
  await expect.poll(() => apps.rows.count()).toBe(1);
  await page.keyboard.press('Enter');
  await apps.title.getByText('shop-worker').waitFor();
  await page.keyboard.press('r');
  await page.keyboard.type('fulfilment');
  await page.keyboard.press('Enter');
  await apps.title.getByText('fulfilment').waitFor();
  expect(page.url()).toContain('app=fulfilment');
  await apps.undo.click();
  await apps.title.getByText('shop-worker').waitFor();
  await page.keyboard.press('Escape');
  await apps.panel.waitFor({ state: 'detached' });
});

test('a name that is taken is refused in words, and nothing is lost', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await scripted.open('apps?app=curl');
  const apps = appsPage(page);
  await apps.button('Rename').click();
  await apps.name.fill('etl');
  await apps.name.press('Enter');
  await page.getByText('There is an app etl already. Merge the two instead.').waitFor();
  await apps.title.getByText('curl').waitFor();
});

test('apps are merged into one, its calls are their sum, and it can be taken back', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await scripted.open('apps?app=shop');
  const apps = appsPage(page);
  await apps.title.getByText('shop').waitFor();
  await page.keyboard.press('m');
  await page.keyboard.type('worker');
  await apps.dialog.getByRole('checkbox', { name: /shop-worker/ }).check();
  await apps.dialog.getByRole('button', { name: 'Merge 1 app' }).click();
  await apps.row('shop').getByText('5,121').waitFor();
  await apps.row('shop-worker').waitFor({ state: 'detached' });
  await apps.part('Names counted as this app').getByText('shop-worker').waitFor();
  await apps.undo.click();
  await apps.row('shop-worker').waitFor();
  await apps.row('shop').getByText('4,821').waitFor();
});

test('who owns an app is said in its panel and counts at once', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await scripted.open('apps?app=etl');
  const apps = appsPage(page);
  await apps.field('Owner').fill('Kim');
  await apps.field('Owner').press('Enter');
  await apps.row('etl').getByText('Kim').waitFor();
  await apps.field('Criticality').selectOption('high');
  await apps.row('etl').getByText('high').waitFor();
});

test('a secret is shown once, and revoking it asks first', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await scripted.open('apps?app=shop');
  const apps = appsPage(page);
  await apps.button('Add credential').click();
  const secret = /^http:\/\/shop:(\w+)@127\.0\.0\.1:4780$/;
  const shown = apps.dialog.locator('code').first();
  await shown.waitFor();
  const [, password = 'none'] = secret.exec((await shown.textContent()) ?? '') ?? [];
  expect(password).toHaveLength(25);
  await apps.dialog.getByRole('button', { name: 'Copy' }).first().click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain(password);
  await apps.dialog.getByRole('button', { name: 'I have copied it' }).click();
  await apps
    .part('Credentials')
    .getByText(/never used/)
    .waitFor();
  expect(await page.content()).not.toContain(password);
  await apps.part('Credentials').getByRole('button', { name: 'Revoke…' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke', exact: true }).click();
  await apps
    .part('Credentials')
    .getByText(/refused since/)
    .waitFor();
});

test('an app that never called is added with a secret of its own', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await scripted.open('apps');
  const apps = appsPage(page);
  await apps.main.getByRole('button', { name: 'Add an app…' }).click();
  await apps.dialog.getByRole('textbox', { name: 'Its name' }).fill('shop');
  await page.keyboard.press('Enter');
  await apps.dialog.getByRole('alert').getByText('There is an app shop already').waitFor();
  await apps.dialog.getByRole('textbox', { name: 'Its name' }).fill('partner');
  await page.keyboard.press('Enter');
  await apps.dialog
    .getByText(/http:\/\/partner:/)
    .first()
    .waitFor();
  await page.keyboard.press('Escape');
  await apps.title.getByText('partner').waitFor();
});

test('new since a day leaves the apps that are new, and an order is kept in the address', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await scripted.open('apps');
  const apps = appsPage(page);
  await apps.row('etl').waitFor();
  await apps.column('App').getByRole('button').click();
  expect(page.url()).toContain('sort=name');
  const [first] = await apps.rows.allTextContents();
  expect(first).toMatch(/curl/);
  const today = new Date();
  const day = `${today.getFullYear()}-${String(today.getMonth() + 1).padStart(2, '0')}-${String(today.getDate()).padStart(2, '0')}`;
  await apps.newSince.fill(day);
  await apps.row('etl').waitFor({ state: 'detached' });
  await apps.row('curl').waitFor();
});

test('thousands of apps are walked as quickly as three: only those in sight are drawn', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const many = await startScripted();
  try {
    many.apps.add(Array.from({ length: 2000 }, (_, index) => ({ name: `service-${index}`, calls: 2000 - index })));
    const page = await many.open('apps');
    const apps = appsPage(page);
    await apps.row('service-0').waitFor();
    expect(await apps.rows.count()).toBeLessThan(80);
    await apps.list.focus();
    await page.keyboard.press('End');
    await apps.row('service-1999').waitFor();
    expect(await apps.rows.count()).toBeLessThan(80);
    await page.keyboard.press('Enter');
    await apps.title.getByText('service-1999').waitFor();
  } finally {
    await many.stop();
  }
});

test.for(['dark', 'light'] as const)('no serious accessibility finding in %s apps', async (theme, context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await scripted.open('apps?app=shop', { theme });
  const apps = appsPage(page);
  await apps.title.waitFor();
  expect(await accessibilityFindings(page)).toEqual([]);
  await page.keyboard.press('m');
  await apps.dialog.waitFor();
  expect(await accessibilityFindings(page)).toEqual([]);
});
