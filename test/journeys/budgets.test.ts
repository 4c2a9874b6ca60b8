import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { accessibilityFindings } from './axe.ts';
import { exampleAlerts, exampleBudgets } from './budget-world.ts';
import { examplePolicies } from './policy-world.ts';
import { startScripted, type Scripted } from './scripted-workspace.ts';
import { noBrowser } from './start-workspace.ts';

/** What a person does with budgets and alerts: looks where money goes, takes up what went past a mark. */

let scripted: Scripted;
beforeAll(async () => {
  if (noBrowser === null) scripted = await startScripted();
});
beforeEach(() => {
  if (noBrowser !== null) return;
  examplePolicies(scripted.policies);
  scripted.policies.budget(exampleBudgets(Date.now() * 1000));
  scripted.policies.alert(exampleAlerts(Date.now() * 1000));
});
afterAll(async () => {
  if (noBrowser === null) await scripted.stop();
});

test('budgets stand by how much is used, each opens into its course and leads to its calls and costs', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await scripted.open('policies?tab=budgets');
  const heads = page.getByRole('list', { name: /^Budgets/ }).getByRole('button');
  await heads.first().waitFor();
  const names = await heads.evaluateAll((all) => all.map((one) => one.querySelector('strong')?.textContent));
  expect(names).toEqual(['night-work', 'monthly-openai', 'monthly-geocodes']);
  await page.getByText(/it has no course/).waitFor();
  await page.keyboard.press('j');
  const course = page.getByRole('region', { name: 'monthly-openai app=support-bot' });
  await course.getByRole('figure', { name: 'Left of the limit' }).waitFor();
  await course.getByText('$528.00 likely, $470.00 to $600.00').waitFor();
  await course.getByText('12 calls, not in the sum').waitFor();
  const href = async (name: string) =>
    decodeURIComponent((await course.getByRole('link', { name }).getAttribute('href')) ?? '').replaceAll('+', ' ');
  expect(await href('Calls')).toContain('filter=policy:monthly-openai app:support-bot&');
  expect(await href('Costs')).toMatch(/^#\/costs\?range=\d+-\d+&app=support-bot$/);
});

test('without a budget the page shows one to begin with, and opens it in the editor', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  scripted.policies.budget([]);
  const page = await scripted.open('policies?tab=budgets');
  await page.getByText('limit: 25 USD').waitFor();
  await page.getByRole('button', { name: 'Open it in the editor' }).click();
  await page.getByRole('textbox', { name: 'Policies as YAML' }).getByText('new-budget').waitFor();
});

test('an alert is taken up with the keyboard, closed with the mouse, and both can be taken back', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await scripted.open('policies?tab=alerts');
  const open = page.getByRole('article', { name: 'error-rate, open' });
  await open.getByText('it answered 503').waitFor();
  await page.getByText('1 open of 3').waitFor();
  await page.keyboard.press('a');
  await page.getByText('0 open of 3').waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByText('1 open of 3').waitFor();
  await open.getByRole('button', { name: 'Close' }).click();
  await page.getByText('error-rate: closed').waitFor();
  await page.getByText('0 open of 3').waitFor();
});

test.for(['dark', 'light'] as const)(
  'no serious accessibility finding in %s budgets and alerts',
  { timeout: 60_000 },
  async (theme, context) => {
    if (noBrowser !== null) return context.skip(noBrowser);
    const page = await scripted.open('policies?tab=budgets&budget=monthly-openai app%3Dsupport-bot', { theme });
    await page.getByRole('figure', { name: 'Left of the limit' }).waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await page.goto(page.url().replace(/#.*/, '#/policies?tab=alerts'));
    await page.getByRole('list', { name: /^Alerts/ }).waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
  },
);
