// How programs are pointed at Sallyport: found by what people look for, tried, and seen to work.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessibilityFindings } from './axe.ts';
import { capturePage } from './pages/capture.ts';
import { sendCalls, statusRoute } from './send-calls.ts';
import { noBrowser, startWorkspace, type Workspace } from './start-workspace.ts';

let workspace: Workspace;
beforeAll(async () => {
  if (noBrowser === null) workspace = await startWorkspace({ routes: [statusRoute] });
});
afterAll(() => workspace?.stop());

test('waits for the first call, and shows it the moment it comes', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await workspace.open('capture');
  const capture = capturePage(page);
  await capture.arriving.getByText('Waiting for the first call').waitFor();
  await sendCalls(workspace, [{ path: '/status/201/orders', method: 'POST', app: 'checkout' }]);
  await capture.arriving.getByRole('link', { name: /checkout POST 201 .*\/status\/201\/orders/ }).waitFor();
  await capture.arriving.getByText('1 call since you opened this page').waitFor();
});

test('a way is tried: a call is sent, seen, and can be shown', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await workspace.open('capture?way=run');
  const capture = capturePage(page);
  await capture.tryIt.click();
  await capture.steps('Run a command').getByText('Works').waitFor();
  const link = capture.steps('Run a command').getByRole('link', { name: /Show call \d+/ });
  expect(await link.getAttribute('href')).toMatch(/^#\/traffic\?call=\d+$/);
});

test('a line is copied as it stands', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await workspace.open('capture?way=run');
  const capture = capturePage(page);
  await capture.steps('Run a command').getByRole('button', { name: 'Copy' }).first().click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/ run .*-- npm test$/);
});

test('ways are found by what people call them, with the keyboard alone', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await workspace.open('capture');
  const capture = capturePage(page);
  await capture.steps('Run a command').waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('tls root');
  await capture.steps('Certificate authority').waitFor();
  expect(await capture.ways.count()).toBe(1);
  await capture.main.getByText(/SHA-256/).waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.keyboard.press('k');
  await page.keyboard.press('k');
  await capture.steps('Certificate authority').waitFor({ state: 'detached' });
});

test('what no way is listed for gets the addresses', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await workspace.open('capture');
  const capture = capturePage(page);
  await capture.search.fill('my old mainframe');
  await capture.steps('Any other program').getByText(`http://${workspace.proxy}`).waitFor();
});

test.for(['dark', 'light'] as const)('no serious accessibility finding in the %s view', async (theme, context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await workspace.open('capture?way=authority', { theme });
  await capturePage(page)
    .main.getByText(/SHA-256/)
    .waitFor();
  expect(await accessibilityFindings(page)).toEqual([]);
});
