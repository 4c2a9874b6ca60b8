// A policy from the page to the wire: written in the editor, confirmed, and the next call is refused and explained.
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AlertRow } from '../../shared/contract/alert-schema.ts';
import { policiesPage } from './pages/policies.ts';
import { sendCalls, statusRoute } from './send-calls.ts';
import { noBrowser, startWorkspace, type Workspace } from './start-workspace.ts';

let workspace: Workspace;
beforeAll(async () => {
  if (noBrowser === null) workspace = await startWorkspace({ routes: [statusRoute] });
});
afterAll(() => workspace?.stop());

test('a policy that is drafted, confirmed and put in force refuses the next call, and the call says why', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  await sendCalls(workspace, [{ path: '/status/200/a', app: 'billing' }]);
  const page = await workspace.open('policies');
  const policies = policiesPage(page);
  await policies.main.getByText('No policy yet: every call goes out').waitFor();
  await page.goto(page.url().replace(/#.*/, '#/policies?edit=new&kind=access'));
  await policies.field('Name').fill('nobody-bills');
  await policies.field('Methods').fill('');
  await policies.form.getByRole('radio', { name: 'deny' }).first().click();
  await policies.form.getByRole('button', { name: 'Narrow by…' }).click();
  await page.getByRole('menuitem', { name: /^App / }).click();
  await policies.field('App').fill('billing');
  await policies.yaml.getByText('match: { app: billing }').waitFor();
  await policies.main.getByText('No mistakes').waitFor();
  await policies.preview.getByText(/^1 call replayed/).waitFor();
  await expect.poll(() => policies.save.isEnabled(), { timeout: 10_000 }).toBe(true);
  await page.keyboard.press('Control+s');
  await policies.difference.getByText('id: nobody-bills').waitFor();
  await policies.dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByText(/^Version \d+ is in force$/).waitFor();

  await page.keyboard.press('Escape');
  await page.goto(page.url().replace(/#.*/, '#/policies'));
  await policies.row('nobody-bills').waitFor();
  await policies.setMode('nobody-bills', 'enforce');
  await policies.dialog.getByRole('textbox', { name: 'Why' }).fill('To try it');
  await policies.dialog.getByRole('button', { name: 'Enforce' }).click();
  await expect.poll(() => policies.mode('nobody-bills').textContent(), { timeout: 10_000 }).toBe('enforce');

  await sendCalls(workspace, [{ path: '/status/200/b', app: 'billing' }]);
  const refused = (await workspace.calls('billing')).at(-1);
  expect(refused).toMatchObject({ path: '/status/200/b', status: 403 });
  await page.goto(page.url().replace(/#.*/, `#/call?id=${refused?.id}&tab=decisions`));
  const acted = page.getByRole('region', { name: 'What policies did' });
  await acted.getByText('refused', { exact: true }).waitFor();
  await acted.getByRole('link', { name: 'nobody-bills' }).click();
  await policies.panel.getByText('nobody-bills').first().waitFor();
});

test('an alert is shown on whatever view, by one page, and counts as delivered', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await workspace.open('traffic');
  // Another page that is open might be the one that shows it.
  const others = page
    .context()
    .browser()!
    .contexts()
    .flatMap((one) => one.pages());
  for (const other of others) if (other !== page) await other.close();
  const asked = (path: string, method = 'GET', body?: string): Promise<{ alerts: AlertRow[] }> =>
    page.evaluate(
      async ([to, how, sent]) => {
        const headers = { 'content-type': 'application/json' };
        const answer = await fetch(to!, { method: how!, headers, ...(sent && { body: sent }) });
        if (!answer.ok) throw new Error(await answer.text());
        return (await answer.json()) as never;
      },
      [path, method, body],
    );
  const text = '{ id: busy, kind: alert, mode: enforce, settings: { metric: calls, above: 0, over: 10m } }';
  await asked('/api/policies/busy', 'PATCH', JSON.stringify({ text }));
  await sendCalls(workspace, [{ path: '/status/200/c', app: 'shop' }]);
  await page.getByText('Alert: busy').waitFor();
  await page.getByText(/The alert busy opened, calls over 10 min: 1/).waitFor();
  if (process.env['SHOTS']) await page.screenshot({ path: `${process.env['SHOTS']}/alert-notice.png` });
  await page.getByRole('button', { name: 'Show alerts' }).click();
  await page
    .getByRole('article', { name: /^busy, open$/ })
    .getByText('delivered')
    .waitFor();
  if (process.env['SHOTS']) await page.screenshot({ path: `${process.env['SHOTS']}/alerts.png` });
  const { alerts } = await asked('/api/policies/alerts?since=0&until=9000000000000000');
  expect(alerts[0]?.deliveries).toMatchObject([{ to: 'desktop', state: 'delivered' }]);
  await asked('/api/policies/busy', 'PATCH', JSON.stringify({ text: null }));
});

test('what is edited by hand is there by itself, and so is a mistake, with what stays in force', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await workspace.open('policies');
  const policies = policiesPage(page);
  await policies.row('nobody-bills').waitFor();
  const file = /Policies are kept in (.*)$/.exec((await policies.file.getAttribute('title')) ?? '')?.[1] ?? '';
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace('mode: enforce', 'mode: enforced'));
  await policies.problems.getByText(/^line \d+, column \d+$/).waitFor();
  expect(await policies.mode('nobody-bills').textContent()).toBe('enforce');
  writeFileSync(file, text.replace('mode: enforce', 'mode: off'));
  await policies.problems.waitFor({ state: 'detached' });
  await expect.poll(() => policies.mode('nobody-bills').textContent(), { timeout: 10_000 }).toBe('off');
  await page.keyboard.press('v');
  await policies.versions.getByText(/nobody-bills: .*off/).waitFor();
  await policies.versions.getByText('To try it').waitFor();
});
