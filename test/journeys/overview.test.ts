// What left this machine: first nothing, then figures that lead to their calls, charts that select time.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessibilityFindings } from './axe.ts';
import { overviewPage } from './pages/overview.ts';
import { sendCalls, statusRoute } from './send-calls.ts';
import { noBrowser, startWorkspace, type Workspace } from './start-workspace.ts';

let workspace: Workspace;
beforeAll(async () => {
  if (noBrowser === null) workspace = await startWorkspace({ routes: [statusRoute] });
});
afterAll(() => workspace?.stop());

test('without a call it says what to do, and shows the first one without being asked again', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await workspace.open('overview');
  const overview = overviewPage(page);
  await overview.main.getByText('No call has been recorded yet').waitFor();
  expect(await overview.main.getByText('npx sallyport run').count()).toBe(1);
  await sendCalls(workspace, [{ path: '/things?page=1' }]);
  await overview.figure('Calls').getByText('1', { exact: true }).waitFor();
});

test('every figure leads to the calls behind it', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  await sendCalls(workspace, [
    ...Array.from({ length: 6 }, (_, i) => ({ path: `/status/200/customers/cus_1234567${i}a`, app: 'billing' })),
    ...Array.from({ length: 3 }, () => ({ path: '/status/503/health', app: 'probe' })),
  ]);
  const page = await workspace.open('overview?span=15m');
  const overview = overviewPage(page);
  await overview.row('Apps', 'billing').waitFor();
  expect(await overview.figure('Calls').getAttribute('href')).toBe('#/traffic?range=15m');
  const errors = new URLSearchParams((await overview.figure('Errors').getAttribute('href'))?.split('?')[1]);
  expect(Object.fromEntries(errors)).toEqual({ filter: 'status:>=400 or failure:*', range: '15m' });
  const billing = new URLSearchParams(
    (await overview.row('Apps', 'billing').getByRole('link', { name: 'billing' }).getAttribute('href'))?.split('?')[1],
  );
  expect(Object.fromEntries(billing)).toEqual({ filter: 'app:billing', range: '15m' });
});

test('endpoints are found by their templates: what fails and what is slow', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await workspace.open('overview?span=15m');
  const overview = overviewPage(page);
  await overview.row('Failing endpoints', '/health').getByText('503').waitFor();
  const link = overview.row('Slowest endpoints', '/customers/{id}').getByRole('link').first();
  const filter = new URLSearchParams((await link.getAttribute('href'))?.split('?')[1]).get('filter');
  expect(filter).toBe(`host:${workspace.vendor.host} method:GET path:/status/*/customers/*`);
});

test('a span is selected by dragging, in every chart and table, and left with Escape', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await workspace.open('overview?span=15m');
  const overview = overviewPage(page);
  const chart = overview.chart('Calls');
  const box = (await chart.boundingBox())!;
  const at = (share: number): [number, number] => [box.x + box.width * share, box.y + box.height / 2];
  await page.mouse.move(...at(0.5));
  await page.mouse.down();
  await page.mouse.move(...at(0.7), { steps: 3 });
  await page.mouse.move(...at(0.98), { steps: 3 });
  await page.mouse.up();
  await overview.leaveSelection.waitFor();
  expect(page.url()).toMatch(/since=\d+&until=\d+/);
  expect(new URL(page.url()).hash).toContain('since=');
  const { since, until } = Object.fromEntries(new URLSearchParams(page.url().split('?')[1]));
  expect(Number(since) % 60_000_000).toBe(0);
  expect(Number(until)).toBeGreaterThan(Number(since));
  await page.keyboard.press('Escape');
  await overview.leaveSelection.waitFor({ state: 'detached' });
});

test('the charts can be read and used with the keyboard alone, and have a table behind them', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await workspace.open('overview?span=15m');
  const overview = overviewPage(page);
  const chart = overview.chart('Calls');
  await chart.focus();
  await page.keyboard.press('End');
  expect(await chart.getAttribute('aria-valuetext')).toMatch(/2xx \d+/);
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Shift+ArrowLeft');
  await page.keyboard.press('Shift+ArrowLeft');
  await page.keyboard.press('Enter');
  await overview.leaveSelection.waitFor();
  await page.keyboard.press('Escape');
  await overview.leaveSelection.waitFor({ state: 'detached' });
  await page.keyboard.press('t');
  const table = overview.table('Calls and latency over time');
  await table.getByRole('columnheader', { name: 'p95' }).waitFor();
  await table.getByRole('button', { name: 'Copy the table' }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/^Time\t2xx.*\n\d{4}-/);
});

test.for(['dark', 'light'] as const)('no serious accessibility finding in the %s overview', async (theme, context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await workspace.open('overview?span=15m', { theme });
  await overviewPage(page).row('Apps', 'billing').waitFor();
  expect(await accessibilityFindings(page)).toEqual([]);
  await page.keyboard.press('t');
  expect(await accessibilityFindings(page)).toEqual([]);
});
