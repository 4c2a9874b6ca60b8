// Long work: calls out to a file, a file's calls in, everything deleted; each seen in the status bar.
import { readFileSync } from 'node:fs';
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

let exported = '';

test('calls that pass a filter are exported, and the file is saved', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  await sendCalls(workspace, [
    { path: '/status/200/kept', app: 'kept' },
    { path: '/status/404/left', app: 'left' },
  ]);
  const page = await workspace.open('overview?span=15m');
  await overviewPage(page).row('Apps', 'kept').waitFor();
  await page.keyboard.press('Control+Shift+e');
  const dialog = page.getByRole('dialog', { name: 'Export calls' });
  await dialog.getByRole('textbox').fill('status:');
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  await dialog.getByRole('alert').waitFor();
  expect(await accessibilityFindings(page)).toEqual([]);
  await dialog.getByRole('textbox').fill('app:kept');
  await page.keyboard.press('Enter');
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save the file' }).first().click();
  exported = await (await saved).path();
  const har = JSON.parse(readFileSync(exported, 'utf8')) as { log: { entries: { request: { url: string } }[] } };
  expect(har.log.entries.map(({ request }) => new URL(request.url).pathname)).toEqual(['/status/200/kept']);
});

test('a HAR file dropped anywhere is imported, and leads to its calls', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await workspace.open('settings');
  await page.getByRole('button', { name: /capturing/ }).waitFor();
  const text = readFileSync(exported, 'utf8');
  const files = await page.evaluateHandle((har) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([har], 'yesterday.har', { type: 'application/json' }));
    return transfer;
  }, text);
  await page.dispatchEvent('body', 'dragenter', { dataTransfer: files });
  await page.getByText('Drop it to import its calls').waitFor();
  await page.dispatchEvent('body', 'drop', { dataTransfer: files });
  await page.getByText('Drop it to import its calls').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Show the calls' }).first().click();
  expect(new URLSearchParams(page.url().split('?')[1]).get('filter')).toBe('source:import');
  await page.getByRole('button', { name: /^Long work/ }).click();
  const work = page.getByRole('dialog', { name: 'Long work' });
  await work.getByText('yesterday.har').waitFor();
  expect(await accessibilityFindings(page)).toEqual([]);
});

test('what is no HAR file is refused with the reason', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  workspace.forgive(/status of 422/);
  const page = await workspace.open('capture');
  await page.getByRole('button', { name: /capturing/ }).waitFor();
  const files = await page.evaluateHandle(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(['no har at all'], 'notes.txt'));
    return transfer;
  });
  await page.dispatchEvent('body', 'drop', { dataTransfer: files });
  await page.getByText('The import failed').first().waitFor();
});

test('everything is deleted only after a question, and then it is gone', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await workspace.open('settings?section=retention');
  const ask = page.getByRole('button', { name: 'Delete all calls…' });
  await ask.click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click();
  await ask.click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete all' }).click();
  await page.getByText('The calls are deleted').first().waitFor();
  expect(await workspace.calls('kept')).toEqual([]);
  await page.getByText('0 calls and').waitFor();
});
