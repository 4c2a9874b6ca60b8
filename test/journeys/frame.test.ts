// What is around every view: the link, the palette, shortcuts, themes, and an engine that goes away and comes back.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessibilityFindings } from './axe.ts';
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
  expect(await page.getByRole('contentinfo').innerText()).toContain(workspace.proxy);
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
