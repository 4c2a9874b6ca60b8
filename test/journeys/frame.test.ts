// What is around every view: the link, the palette, shortcuts, themes, and an engine that goes away and comes back.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessibilityFindings } from './axe.ts';
import { sendCalls } from './send-calls.ts';
import { noBrowser, startWorkspace, type Workspace } from './start-workspace.ts';

let workspace: Workspace;
beforeAll(async () => {
  if (noBrowser === null) workspace = await startWorkspace();
});
afterAll(() => workspace?.stop());

test('the link opens the workspace, and the token leaves the address', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await workspace.open();
  await page.getByRole('button', { name: /capturing/ }).waitFor();
  expect(page.url()).not.toContain('token');
  // Asked for apart, and there a moment later.
  await page.getByRole('contentinfo').getByText(workspace.proxy).waitFor();
});

test('the palette finds an action by its words, and runs it', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await workspace.open();
  await page.getByRole('button', { name: /capturing/ }).waitFor();
  await page.keyboard.press('Control+k');
  const palette = page.getByRole('combobox', { name: 'Find views, actions and calls' });
  await palette.fill('theme light');
  await page.getByRole('option', { name: /Light/ }).waitFor();
  await page.keyboard.press('Enter');
  await page.locator('html[data-theme=light]').waitFor();
  expect(await palette.count()).toBe(0);
});

test('what was chosen a moment before the page is left is there in the next one', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await workspace.open();
  await page.getByRole('button', { name: /capturing/ }).waitFor();
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('density dense');
  await page.keyboard.press('Enter');
  await page.locator('html[data-density=dense]').waitFor();
  await page.goto('about:blank');
  const next = await workspace.open();
  await next.locator('html[data-density=dense]').waitFor();
});

test('the question mark shows the shortcuts, Escape leaves', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await workspace.open();
  await page.getByRole('button', { name: /capturing/ }).waitFor();
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
});

test.for(['dark', 'light'] as const)('no serious accessibility finding in the %s frame', async (theme, context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await workspace.open('', { theme });
  await page.getByRole('button', { name: /capturing/ }).waitFor();
  expect(await accessibilityFindings(page)).toEqual([]);
});

test('an engine that is killed: the page says so, keeps what it shows, and goes on when one is back', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  workspace.forgive(/WebSocket connection to|Failed to load resource|ERR_CONNECTION/);
  await sendCalls(workspace, [{ path: '/things', app: 'before' }]);
  const page = await workspace.open('traffic');
  await page.getByRole('row', { name: /before/ }).waitFor();
  await workspace.crash();
  await page.getByRole('alert').filter({ hasText: 'The engine cannot be reached' }).waitFor();
  expect(await page.getByRole('row', { name: /before/ }).count()).toBe(1);
  await workspace.comeBack();
  await page.getByRole('alert').waitFor({ state: 'detached' });
  await sendCalls(workspace, [{ path: '/things', app: 'after' }]);
  await page.getByRole('row', { name: /after/ }).waitFor();
});
