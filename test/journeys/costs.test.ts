import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessibilityFindings } from './axe.ts';
import { exampleCosts } from './cost-script.ts';
import { smallWorld } from './map-world.ts';
import { costsPage } from './pages/costs.ts';
import { startScripted } from './scripted-workspace.ts';
import type { Scripted } from './scripted-workspace.ts';
import { noBrowser } from './start-workspace.ts';

/** What a person asks of costs: how much, of what, how sure, what for nothing; with two months of made-up spending. */

let scripted: Scripted;
beforeAll(async () => {
  if (noBrowser !== null) return;
  scripted = await startScripted();
  scripted.map.put(smallWorld());
  scripted.costs.put(exampleCosts(Date.now() * 1000));
});
afterAll(async () => {
  if (noBrowser === null) await scripted.stop();
});

test('a sum says what is not in it, and what is estimated', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await scripted.open('costs');
  const costs = costsPage(page);
  await costs.sum.getByText(/known/).first().waitFor();
  const unknown = costs.sum.getByRole('link', { name: /calls of unknown cost$/ });
  expect(decodeURIComponent((await unknown.getAttribute('href')) ?? '')).toContain('not+cost:>=0');
  await costs.sum.getByText(/^~\$.* estimated$/).waitFor();
  await costs.row('Salesforce').getByText('unknown', { exact: true }).waitFor();
  await costs.row('mistral').getByText(/^~\$/).waitFor();
  await costs.row('mistral').getByText('estimated', { exact: true }).waitFor();
});

test('a row leads to what it is made of, down to its calls, and back', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await scripted.open('costs');
  const costs = costsPage(page);
  await costs.open('OpenAI');
  await costs.path.getByText('OpenAI').waitFor();
  await costs.row('gpt-5').waitFor();
  expect(await costs.rows.count()).toBe(4);
  await costs.breakdown.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  await costs.row('support-bot').waitFor();
  const calls = costs.row('support-bot').getByRole('link');
  const href = decodeURIComponent((await calls.getAttribute('href')) ?? '').replaceAll('+', ' ');
  expect(href).toContain('vendor:openai model:gpt-5 app:support-bot');
  await page.keyboard.press('Escape');
  await costs.row('gpt-5-mini').waitFor();
  await page.keyboard.press('Escape');
  await costs.row('Anthropic').waitFor();
  await costs.path.waitFor({ state: 'detached' });
});

test('costs are told apart by feature and by team, and what is not tagged says so', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await scripted.open('costs');
  const costs = costsPage(page);
  await costs.tellApart('feature');
  await costs.row('answers').waitFor();
  await costs.row('not tagged').waitFor();
  await costs.tellApart('team');
  // The filter language has no word for teams: the number is no link.
  await costs.row('Payments').waitFor();
  expect(await costs.row('Payments').getByRole('link').count()).toBe(0);
  await costs.open('Payments');
  await costs.row('web-checkout').waitFor();
  expect(await costs.rows.count()).toBe(1);
});

test('the table behind the chart is one key away', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await scripted.open('costs');
  const costs = costsPage(page);
  await costs.chart.waitFor();
  await page.keyboard.press('t');
  await costs.table.getByRole('columnheader', { name: 'OpenAI' }).waitFor();
  await page.keyboard.press('t');
  await costs.chart.waitFor();
});

test('waste leads to its calls', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await scripted.open('costs');
  const costs = costsPage(page);
  await costs.breakdown.waitFor();
  await page.keyboard.press('w');
  const again = costs.part('The same prompt again');
  const group = again.getByRole('link', { name: /gpt-5/ });
  expect(decodeURIComponent((await group.getAttribute('href')) ?? '')).toContain('app:support-bot+model:gpt-5');
  expect(await again.getByRole('link', { name: 'call 4711' }).getAttribute('href')).toBe('#/call?call=4711');
});

test('nothing is priced anew before the difference was seen, and then it is on record', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await scripted.open('costs?tab=prices');
  const costs = costsPage(page);
  await costs.main.getByText('line 14, column 5').waitFor();
  await costs.part('Contracts').getByText('$7,412.00 of $10,000.00 used').waitFor();
  await costs.part('Priced anew before').getByText('Never.').waitFor();
  await costs.main.getByRole('button', { name: 'Price anew…' }).click();
  await costs.dialog.getByText('93 calls of 84,120 would cost something else').waitFor();
  expect(scripted.costs.applied).toEqual([]);
  await costs.dialog.getByRole('button', { name: 'Write 93 new costs' }).click();
  await costs.part('Priced anew before').getByText('$912.40 → $914.90').waitFor();
  expect(scripted.costs.applied).toHaveLength(1);
});

test('where nothing is known to cost, the page says what would be read', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const quiet = await startScripted();
  try {
    const page = await quiet.open('costs');
    await page.getByText('No call in this time is known to cost anything').waitFor();
  } finally {
    await quiet.stop();
  }
});

test.for(['dark', 'light'] as const)(
  'no serious accessibility finding in %s costs',
  { timeout: 60_000 },
  async (theme, context) => {
    if (noBrowser !== null) return context.skip(noBrowser);
    const page = await scripted.open('costs', { theme });
    const costs = costsPage(page);
    await costs.row('OpenAI').waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await costs.tab('Waste').click();
    await costs.part('The same prompt again').waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await costs.tab('Prices').click();
    await costs.part('Prices in force').waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
  },
);
