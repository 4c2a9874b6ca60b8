import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { accessibilityFindings } from './axe.ts';
import { policiesPage } from './pages/policies.ts';
import { exampleDecisions, examplePolicies } from './policy-script.ts';
import { startScripted } from './scripted-workspace.ts';
import type { Scripted } from './scripted-workspace.ts';
import { noBrowser } from './start-workspace.ts';

/** What a person does with policies: looks what they did, changes them, puts them in force, takes that back. */

/** A machine with much else to do takes its time to draw. */
const BUSY = { timeout: 10_000 };
let scripted: Scripted;
beforeAll(async () => {
  if (noBrowser === null) scripted = await startScripted();
});
beforeEach(() => {
  if (noBrowser !== null) return;
  examplePolicies(scripted.policies);
  scripted.policies.decided(exampleDecisions(Date.now() * 1000));
});
afterAll(async () => {
  if (noBrowser === null) await scripted.stop();
});
const hrefOf = async (link: { getAttribute(name: string): Promise<string | null> }): Promise<string> =>
  decodeURIComponent((await link.getAttribute('href')) ?? '').replaceAll('+', ' ');

test('the list is walked, found in and switched with the keyboard alone, and a switch can be taken back', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await scripted.open('policies');
  const policies = policiesPage(page);
  await policies.row('openai-per-minute').waitFor();
  expect(await policies.rows.count()).toBe(8);
  await page.keyboard.press('/');
  await page.keyboard.type('stripe');
  await expect.poll(() => policies.rows.count(), BUSY).toBe(1);
  await page.keyboard.press('Enter');
  await policies.panel.getByText('etl-nightly calls Stripe').waitFor();
  await page.keyboard.press('1');
  await page.getByText('ask-before-stripe: off').waitFor();
  await expect.poll(() => policies.mode('ask-before-stripe').textContent(), BUSY).toBe('off');
  expect(scripted.policies.text()).toContain('# agreed with the support team');
  await policies.undo.click();
  await expect.poll(() => policies.mode('ask-before-stripe').textContent(), BUSY).toBe('enforce');
  await page.keyboard.press('Escape');
  await policies.panel.waitFor({ state: 'detached' });
});

test('every figure of the list leads to its calls, what would have been told apart', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await scripted.open('policies');
  const policies = policiesPage(page);
  await policies.row('openai-per-minute').waitFor();
  const [asked, would] = await policies.row('openai-per-minute').getByRole('link').all();
  expect(asked && (await hrefOf(asked))).toContain('filter=policy:openai-per-minute&');
  expect(would && (await hrefOf(would))).toContain('verdict:would-deny or verdict:would-cut');
  const denied = policies.row('unapproved-vendors').getByRole('link').nth(1);
  expect(await hrefOf(denied)).toContain('(verdict:deny or verdict:cut)');
});

test('nothing enforces before its difference was seen and confirmed', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await scripted.open('policies');
  const policies = policiesPage(page);
  await policies.setMode('openai-per-minute', 'enforce');
  await policies.dialog.getByText('412 would have been refused').waitFor();
  await policies.difference.getByText('mode: enforce').waitFor();
  await page.keyboard.press('Escape');
  await policies.dialog.waitFor({ state: 'detached' });
  expect(await policies.mode('openai-per-minute').textContent()).toBe('observe');
  await policies.setMode('openai-per-minute', 'enforce');
  await policies.dialog.getByRole('textbox', { name: 'Why' }).fill('A week of watching');
  await policies.dialog.getByRole('button', { name: 'Enforce' }).click();
  await expect.poll(() => policies.mode('openai-per-minute').textContent(), BUSY).toBe('enforce');
  await page.keyboard.press('v');
  await policies.versions.getByText('openai-per-minute: observe → enforce').waitFor();
  await policies.versions.getByText('A week of watching').waitFor();
});

test('somebody else’s change meanwhile is told, and nothing of it is lost', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await scripted.open('policies');
  const policies = policiesPage(page);
  await policies.setMode('openai-per-minute', 'enforce');
  await policies.dialog.waitFor();
  scripted.policies.write(scripted.policies.text().replace('limit: 20,', 'limit: 24,'), { author: 'kim' });
  await policies.dialog.getByRole('button', { name: 'Enforce' }).click();
  await page.getByText(/Somebody changed the file meanwhile/).waitFor();
  expect(scripted.policies.text()).toContain('limit: 24,');
  expect(await policies.mode('openai-per-minute').textContent()).toBe('observe');
});

test('a mistake in policies.yaml is shown with its place, and what is in force', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  scripted.policies.write(scripted.policies.text().replace('mode: observe', 'mode: watch'));
  const page = await scripted.open('policies');
  const policies = policiesPage(page);
  await policies.problems.getByText('line 9, column 11').waitFor();
  await policies.problems.getByText('“watch” is no mode').waitFor();
  await policies.problems.getByText('the version before is in force').waitFor();
});

test('an earlier version is looked at and put in force again', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await scripted.open('policies?show=versions');
  const policies = policiesPage(page);
  await policies.versions.waitFor();
  const count = await policies.versions.getByRole('option').count();
  await policies.versions.focus();
  await page.keyboard.press('ArrowDown');
  const one = policies.oneVersion(count - 1);
  await one.getByText('limit: 60 # agreed').first().waitFor();
  await one.getByRole('button', { name: 'Restore…' }).click();
  await policies.difference.getByText('status: [new, known]').first().waitFor();
  await policies.dialog.getByRole('button', { name: 'Restore' }).click();
  await page.getByText(`Version ${count - 1} is in force again, as version ${count + 1}`).waitFor();
  await policies
    .version(count + 1)
    .getByText('unapproved-vendors: enforce → observe')
    .waitFor();
});

test('decisions lead to their calls, by policy, verdict and app', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await scripted.open('policies');
  const policies = policiesPage(page);
  await policies.tab('Decisions').click();
  await policies.chart.waitFor();
  const refused = policies.decision('unapproved-vendors', 'refused').first();
  expect(await hrefOf(refused.getByRole('link').last())).toContain(
    'filter=policy:unapproved-vendors verdict:deny app:etl-nightly',
  );
  await policies.decision('openai-per-minute', 'would be refused').first().waitFor();
  await page.keyboard.press('t');
  await policies.main.getByRole('columnheader', { name: 'would be refused' }).waitFor();
  await policies.decision('openai-per-minute', 'would be refused').first().getByText('would be refused').click();
  await page.waitForURL(/#\/traffic/);
  expect(decodeURIComponent(page.url())).toContain('verdict:would-deny');
});

test.for(['dark', 'light'] as const)(
  'no serious accessibility finding in %s policies',
  { timeout: 60_000 },
  async (theme, context) => {
    if (noBrowser !== null) return context.skip(noBrowser);
    const page = await scripted.open('policies?policy=openai-per-minute', { theme });
    const policies = policiesPage(page);
    await policies.panel.getByRole('region', { name: 'Counters' }).waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await page.keyboard.press('v');
    await policies.versions.waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await policies.tab('Decisions').click();
    await policies.chart.waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
  },
);
