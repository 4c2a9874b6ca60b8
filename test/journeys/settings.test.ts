// What can be set: it counts at once, can be undone, and says what is wrong where it is wrong.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessibilityFindings } from './axe.ts';
import { capturePage } from './pages/capture.ts';
import { settingsPage } from './pages/settings.ts';
import { noBrowser, startWorkspace, type Workspace } from './start-workspace.ts';

let workspace: Workspace;
beforeAll(async () => {
  if (noBrowser === null) workspace = await startWorkspace();
});
afterAll(() => workspace?.stop());

test('a value counts at once, and the toast takes it back', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await workspace.open('settings?section=recording');
  const settings = settingsPage(page);
  const field = settings.field('Kept of each body');
  await field.waitFor();
  const usual = await field.inputValue();
  await field.fill('2 MB');
  await field.press('Enter');
  await settings.undo.waitFor();
  await settings.main.getByRole('button', { name: /^Back to/ }).waitFor();
  await settings.undo.click();
  await settings.main.getByRole('button', { name: /^Back to/ }).waitFor({ state: 'detached' });
  expect(await field.inputValue()).toBe(usual);
});

test('a value that cannot be used stays where it is, with what would be right', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await workspace.open('settings?section=retention');
  const settings = settingsPage(page);
  await settings.field('Keep calls for').fill('for ever');
  await settings.problem.getByText('A number of days').waitFor();
  await page.keyboard.press('Escape');
  await settings.problem.waitFor({ state: 'detached' });
});

test('the engine’s own checks are told at the field', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await workspace.open('settings?section=recording');
  const settings = settingsPage(page);
  const field = settings.field('Pass through unread');
  await field.fill('https://bank.example/login');
  await field.press('Enter');
  await settings.problem.getByText('A host alone').waitFor();
  expect(await field.inputValue()).toBe('https://bank.example/login');
});

test('hosts are added by the list and taken out one by one', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await workspace.open('settings?section=recording');
  const settings = settingsPage(page);
  const field = settings.field('Pass through unread');
  await field.fill('*.bank.example, pinned.example');
  await field.press('Enter');
  await settings.entries('Pass through unread').nth(1).waitFor();
  await settings.main.getByRole('button', { name: 'Remove *.bank.example' }).click();
  await settings.entries('Pass through unread').nth(1).waitFor({ state: 'detached' });
  expect(await settings.entries('Pass through unread').allInnerTexts()).toEqual(['pinned.example']);
});

test('a name for redaction shows at once what it does to a sample', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await workspace.open('settings?section=redaction');
  const settings = settingsPage(page);
  await settings.main.getByRole('radio', { name: 'Query' }).click();
  await settings.main.getByRole('textbox', { name: 'Sample' }).fill('?zeta_code=hunter2hunter2');
  await settings.main.getByText('Nothing is redacted.').waitFor();
  await settings.field('Also redact').fill('zeta-code');
  await settings.field('Also redact').press('Enter');
  await settings.main.getByText('1 value redacted.').waitFor();
  expect(await settings.main.getByRole('textbox', { name: 'As it would be stored' }).inputValue()).not.toContain(
    'hunter2',
  );
});

test('what a flag decides says so and cannot be changed', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await workspace.open('settings?section=network');
  const settings = settingsPage(page);
  await settings.main.getByText('A flag of the command line').first().waitFor();
  expect(await settings.field('Port of the proxy').isDisabled()).toBe(true);
});

test('the theme follows the choice', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await workspace.open('settings?section=appearance');
  await settingsPage(page).main.getByRole('radio', { name: 'Light' }).click();
  await page.locator('html[data-theme=light]').waitFor();
});

test.for(['dark', 'light'] as const)('no serious accessibility finding in any %s section', async (theme, context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await workspace.open('settings', { theme });
  const settings = settingsPage(page);
  await settings.sections.first().waitFor();
  for (const section of await settings.sections.allInnerTexts()) {
    await settings.section(section).click();
    await settings.main.getByRole('heading', { name: section, level: 2 }).waitFor();
    expect(await accessibilityFindings(page), section).toEqual([]);
  }
});

test('on the desktop there is what only the shell can set, and the authority is trusted with a button', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await workspace.open('settings?section=about');
  const settings = settingsPage(page);
  await settings.main.getByRole('heading', { name: 'About and paths' }).waitFor();
  expect(await settings.section('Desktop').count()).toBe(0);
  // The shell's side of the bridge, as far as these pages use it; the engine stays behind the WebSocket.
  await page.addInitScript(() => {
    let kept = { launchAtLogin: false, keepInTray: true, updates: false, feed: null };
    const nothing = (): (() => void) => () => {};
    Object.assign(window, {
      sallyport: {
        platform: 'linux',
        version: '0',
        door: 'socket',
        onEngine: nothing,
        onCommand: nothing,
        describeViews: nothing,
        settings: async () => kept,
        changeSettings: async (change: object) => (kept = { ...kept, ...change }),
        changeTrust: async (what: string) =>
          what === 'install' ? { changed: true, left: [] } : { changed: false, why: 'You said no.' },
      },
    });
  });
  await page.reload();
  await settings.section('Desktop').click();
  const login = settings.main.getByRole('switch', { name: 'Open at login' });
  await login.click();
  await settings.main.getByRole('switch', { name: 'Open at login', checked: true }).waitFor();
  expect(await settings.main.getByRole('switch', { name: 'Look for updates' }).isDisabled()).toBe(true);
  await page.goto(`${page.url().split('#')[0]}#/capture?way=authority`);
  const capture = capturePage(page);
  await capture.main.getByRole('button', { name: 'Add it to this machine…' }).click();
  await page.getByText('This machine trusts the authority').first().waitFor();
  await capture.main.getByRole('button', { name: 'Take it out…' }).click();
  await page.getByText('You said no.').first().waitFor();
});
