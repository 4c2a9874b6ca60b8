import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessibilityFindings } from './axe.ts';
import { appsPage } from './pages/apps.ts';
import { callPage } from './pages/call.ts';
import { trafficPage } from './pages/traffic.ts';
import { noBrowser, startWorkspace } from './start-workspace.ts';
import type { Workspace } from './start-workspace.ts';

/** A real program under `sallyport run`: the workspace says where in its code each call was made. */

const program = fileURLToPath(new URL('programs/charge.mjs', import.meta.url));
const line =
  readFileSync(program, 'utf8')
    .split('\n')
    .findIndex((text) => text.includes('axios.post')) + 1;

let workspace: Workspace;
beforeAll(async () => {
  if (noBrowser !== null) return;
  workspace = await startWorkspace();
  const { code, stderr } = await workspace.run('shop', ['node', program, `http://${workspace.vendor.host}`]);
  if (code !== 0) throw new Error(`the program failed: ${stderr}`);
});
afterAll(async () => {
  if (noBrowser === null) await workspace.stop();
});

test('a call says its app, its process, and the line of own code behind the package', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await workspace.open('traffic');
  const traffic = trafficPage(page);
  await traffic
    .row(/POST.*charges/)
    .first()
    .click();
  const call = callPage(page);
  await call.tab('Who called').click();
  const { panel } = call;
  const link = panel
    .getByRole('region', { name: 'In the code' })
    .getByRole('link', { name: `programs/charge.mjs:${line}` })
    .first();
  await link.waitFor();
  expect(await link.getAttribute('href')).toMatch(new RegExp(`^vscode://file/.*/programs/charge\\.mjs:${line}:\\d+$`));
  await panel.getByRole('region', { name: 'In the code' }).getByText('axios').first().waitFor();
  await panel.getByText('agent', { exact: true }).waitFor();
  await panel.getByRole('region', { name: 'Process' }).getByText('charge.mjs').first().waitFor();
  expect(await accessibilityFindings(page)).toEqual([]);
});

test('all calls from a line are one click away, and only those', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await workspace.open('traffic');
  const traffic = trafficPage(page);
  await traffic
    .row(/POST.*charges/)
    .first()
    .click();
  await callPage(page).tab('Who called').click();
  await page.getByRole('link', { name: 'All calls from here' }).click();
  await expect.poll(() => traffic.rows().count()).toBe(3);
});

test('grouped by code, packages lead to places, and a place filters the list', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await workspace.open('traffic');
  const traffic = trafficPage(page);
  await traffic.row(/health/).waitFor();
  await page.keyboard.press('g');
  const beside = page.getByRole('complementary', { name: 'Called from' });
  await beside.getByRole('button', { name: 'axios', exact: true }).waitFor();
  await beside.getByRole('button', { name: `programs/charge.mjs:${line}` }).click();
  await expect.poll(() => traffic.rows().count()).toBe(3);
});

test('the app is in Apps with its hosts, and a new name is shown everywhere at once', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await workspace.open('apps?app=shop');
  const apps = appsPage(page);
  await apps
    .part('Hosts called most')
    .getByText(workspace.vendor.host.split(':')[0] ?? '')
    .waitFor();
  await apps.part('Called from').getByText('axios').waitFor();
  await page.keyboard.press('r');
  await page.keyboard.type('storefront');
  await page.keyboard.press('Enter');
  await apps.title.getByText('storefront').waitFor();
  await page.goto(page.url().replace(/#.*/, '#/traffic?filter=app:storefront'));
  await expect.poll(() => trafficPage(page).rows().count()).toBe(4);
});
