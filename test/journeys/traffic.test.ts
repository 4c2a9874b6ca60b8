// The Traffic view: from the first call to finding one among many, by mouse and by keyboard.
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { accessibilityFindings } from './axe.ts';
import { trafficPage } from './pages/traffic.ts';
import { sendCalls, statusRoute } from './send-calls.ts';
import { noBrowser, startWorkspace, type Workspace } from './start-workspace.ts';

let workspace: Workspace;
let page: Page;
beforeAll(async () => {
  if (noBrowser === null) workspace = await startWorkspace({ routes: [statusRoute] });
});
afterAll(() => workspace?.stop());
afterEach(() => page?.close());

/** Many calls, so that the list has more than a screen of them. */
async function sendMany(count: number, path = '/things'): Promise<void> {
  await sendCalls(
    workspace,
    Array.from({ length: count }, (_, index) => ({ path: `${path}/${index}` })),
  );
}

test('an empty workspace shows what to do, and the first call takes its place', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  page = await workspace.open('traffic');
  const traffic = trafficPage(page);
  await page.getByText('Waiting for the first call…').waitFor();
  await page.getByRole('button', { name: 'Copy' }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
    'npx sallyport run -- curl -s https://example.com/',
  );
  expect(await accessibilityFindings(page)).toEqual([]);
  await sendCalls(workspace, [{ path: '/status/418', app: 'first' }]);
  await traffic.row(/GET, 418, .*\/status\/418, first/).waitFor();
  await page.getByText('Waiting for the first call…').waitFor({ state: 'detached' });
});

test('a filter is completed while it is typed, becomes chips, and narrows the list', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  await sendCalls(workspace, [{ path: '/status/503' }, { path: '/status/200' }, { path: '/things', method: 'POST' }]);
  page = await workspace.open('traffic');
  const traffic = trafficPage(page);
  await traffic
    .row(/, 503,/)
    .first()
    .waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('stat');
  await traffic.suggestion('status:').waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.type('5');
  await traffic.suggestion('5xx').click();
  await traffic
    .row(/, 200,/)
    .first()
    .waitFor({ state: 'detached' });
  expect(await traffic.chips().allInnerTexts()).toEqual(['status:5xx']);
  expect(await traffic.row(/, 503,/).count()).toBeGreaterThan(0);
  expect(decodeURIComponent(page.url())).toContain('filter=status:5xx');
  // Backspace goes to the chip, and takes it away.
  await traffic.filter.focus();
  await page.keyboard.press('Backspace');
  await page.keyboard.press('Backspace');
  await traffic
    .row(/POST, 200/)
    .first()
    .waitFor();
  // Undo brings it back.
  await traffic.filter.focus();
  await page.keyboard.press('Control+z');
  await traffic
    .row(/POST, 200/)
    .first()
    .waitFor({ state: 'detached' });
});

test('a filter that cannot be read says where and what would make sense', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  page = await workspace.open('traffic');
  const traffic = trafficPage(page);
  await traffic.rows().first().waitFor();
  await traffic.filter.fill('verb:GET');
  await page.keyboard.press('Enter');
  expect(await page.getByRole('alert').innerText()).toContain('There is no field “verb”');
  expect(await page.locator('.filter-mirror mark').innerText()).toBe('verb');
  await page.getByRole('button', { name: 'Use method' }).click();
  await page.keyboard.press('Enter');
  expect(await traffic.chips().allInnerTexts()).toEqual(['method:GET']);
});

test('a call is found, opened, walked past and left by keyboard alone', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  await sendCalls(workspace, [{ path: '/status/201' }, { path: '/status/202' }, { path: '/status/203' }]);
  page = await workspace.open('traffic');
  const traffic = trafficPage(page);
  await traffic.row(/, 203,/).waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('status:201..203');
  await page.keyboard.press('Enter');
  await traffic.row(/, 418,/).waitFor({ state: 'detached' });
  await page.keyboard.press('Escape');
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  await page
    .getByRole('region', { name: /^Call \d+/ })
    .getByText('/status/201')
    .first()
    .waitFor();
  await page.keyboard.press('j');
  await page
    .getByRole('region', { name: /^Call \d+/ })
    .getByText('/status/202')
    .first()
    .waitFor();
  await page.keyboard.press('Shift+ArrowDown');
  await page.getByRole('region', { name: '2 calls selected' }).waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.getByRole('region', { name: /^Call \d+/ }).waitFor({ state: 'detached' });
  expect(page.url()).not.toContain('call=');
});

test('the list keeps to the newest call only while its end is in sight', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  await sendMany(80);
  page = await workspace.open('traffic');
  const traffic = trafficPage(page);
  await traffic.row(/\/things\/79,/).waitFor();
  await sendCalls(workspace, [{ path: '/things/kept-to' }]);
  await traffic.row(/kept-to/).waitFor();
  expect(await traffic.fromEnd()).toBeLessThan(5);
  // Scrolling up lets go.
  await traffic.list.hover();
  await page.mouse.wheel(0, -600);
  await traffic
    .row(/kept-to/)
    .waitFor({ state: 'hidden' })
    .catch(() => {});
  const before = await traffic.fromEnd();
  await sendCalls(workspace, [{ path: '/things/unseen' }]);
  await page.getByRole('button', { name: '1 new' }).waitFor();
  expect(await traffic.fromEnd()).toBeGreaterThan(before);
  await page.getByRole('button', { name: '1 new' }).click();
  await traffic.row(/unseen/).waitFor();
  expect(await traffic.fromEnd()).toBeLessThan(5);
});

test('a column sorts by a click, the other way by the next, and arrival comes back with the third', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  await sendCalls(workspace, [{ path: '/status/503' }, ...Array.from({ length: 60 }, () => ({ path: '/things' }))]);
  page = await workspace.open('traffic');
  const traffic = trafficPage(page);
  const statuses = async (): Promise<number[]> =>
    (await traffic.list.locator('[data-column=status]').allInnerTexts()).map(Number).filter((one) => one > 0);
  await traffic.rows().first().waitFor();
  await traffic.column('Status').getByRole('button').click();
  await page.locator('[role=columnheader][aria-sort=descending]', { hasText: 'Status' }).waitFor();
  await expect.poll(() => traffic.rowAt(0).innerText()).toContain('503');
  expect(Math.max(...(await statuses()))).toBe(503);
  await traffic.column('Status').getByRole('button').click();
  await page.locator('[role=columnheader][aria-sort=ascending]', { hasText: 'Status' }).waitFor();
  await traffic
    .row(/, 503,/)
    .first()
    .waitFor({ state: 'detached' });
  await traffic.column('Status').getByRole('button').click();
  await page.locator('[role=columnheader][aria-sort]', { hasText: 'Time' }).waitFor();
});

test('the columns somebody chose are there again after a reload', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  page = await workspace.open('traffic');
  const traffic = trafficPage(page);
  await traffic.rows().first().waitFor();
  await traffic.column('Size').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Hide Size' }).click();
  await traffic.column('Size').waitFor({ state: 'detached' });
  await traffic.column('Path').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Header as a column…' }).click();
  await page.getByRole('textbox').fill('X-Vendor');
  await page.keyboard.press('Enter');
  await traffic.column('x-vendor').waitFor();
  await traffic.list.locator('[data-column="header:x-vendor"]', { hasText: 'yes' }).first().waitFor();
  await page.reload();
  await traffic.column('x-vendor').waitFor();
  expect(await traffic.column('Size').count()).toBe(0);
  await traffic.column('Path').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Reset columns' }).click();
  await traffic.column('Size').waitFor();
  expect(await traffic.column('x-vendor').count()).toBe(0);
});

test('a cell’s value becomes part of the filter from its menu', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  page = await workspace.open('traffic');
  const traffic = trafficPage(page);
  await traffic.rows().first().waitFor();
  await traffic
    .row(/journey/)
    .last()
    .locator('[data-column=app]')
    .click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Only app:journey' }).click();
  await traffic.row(/, first/).waitFor({ state: 'detached' });
  expect(await traffic.chips().allInnerTexts()).toEqual(['app:journey']);
});

test('a filter that hides everything says how much it hides, and can be cleared', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  page = await workspace.open('traffic?filter=host:nowhere.example');
  const traffic = trafficPage(page);
  await page.getByText('No call passes the filter').waitFor();
  await page.getByText(/calls of the time chosen are hidden/).waitFor();
  await page.getByRole('button', { name: 'Clear filter' }).last().click();
  await traffic.rows().first().waitFor();
});

test('what calls have in common narrows the list by a click', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  page = await workspace.open('traffic');
  const traffic = trafficPage(page);
  await traffic.rows().first().waitFor();
  await page.keyboard.press('b');
  await traffic.facets.getByRole('button', { name: /^first/ }).click();
  await traffic
    .row(/journey/)
    .first()
    .waitFor({ state: 'detached' });
  expect(await traffic.chips().allInnerTexts()).toEqual(['app:first']);
  await page.keyboard.press('b');
});

test('several calls are exported, pinned and deleted together', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  await sendCalls(workspace, [{ path: '/status/301' }, { path: '/status/302' }, { path: '/status/303' }]);
  page = await workspace.open('traffic?filter=status:3xx');
  const traffic = trafficPage(page);
  await traffic.row(/, 303,/).waitFor();
  await traffic.row(/, 301,/).click();
  await traffic.row(/, 302,/).click({ modifiers: ['Control'] });
  await traffic.bulk.waitFor();
  const downloading = page.waitForEvent('download');
  await traffic.bulk.getByRole('button', { name: /Export/ }).click();
  const har = JSON.parse(await readFile(await (await downloading).path(), 'utf8')) as { log: { entries: unknown[] } };
  expect(har.log.entries).toHaveLength(2);
  await traffic.bulk.getByRole('button', { name: 'Pin' }).click();
  await page.getByText(/2 calls pinned/).waitFor();
  await traffic.row(/, 301,.*pinned/).waitFor();
  await traffic.row(/, 302,.*pinned/).waitFor();
  await traffic.bulk.getByRole('button', { name: /Delete/ }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await traffic.row(/, 301,/).waitFor({ state: 'detached' });
  expect(await traffic.row(/, 303,/).count()).toBe(1);
});

test('paused is told apart from empty, and recording goes on from there', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  page = await workspace.open('traffic');
  const traffic = trafficPage(page);
  await traffic.rows().first().waitFor();
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await page.getByText('Recording is paused: new calls are not recorded.').waitFor();
  await page.getByRole('button', { name: 'Record', exact: true }).click();
  await page.getByText('Recording is paused: new calls are not recorded.').waitFor({ state: 'detached' });
});

test.for(['dark', 'light'] as const)('no serious accessibility finding in the %s list', async (theme, context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  page = await workspace.open('traffic', { theme });
  const traffic = trafficPage(page);
  await traffic.row(/, 303,/).click();
  await page.getByRole('region', { name: /^Call \d+/ }).waitFor();
  expect(await accessibilityFindings(page)).toEqual([]);
});
