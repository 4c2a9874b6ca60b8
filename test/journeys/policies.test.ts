import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { AskRow } from '../../shared/contract/policies.ts';
import { makeCall } from '../fixtures/calls.ts';
import { accessibilityFindings } from './axe.ts';
import { smallWorld } from './map-world.ts';
import { policiesPage } from './pages/policies.ts';
import { callDecisions, exampleDecisions, examplePolicies } from './policy-world.ts';
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

test('a mistake is shown at its line while it is written, and the preview comes back when it is put right', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await scripted.open('policies?edit=openai-per-minute');
  const policies = policiesPage(page);
  await policies.preview.getByText('20,000 calls replayed').waitFor();
  await policies.yaml.getByText('observe').first().dblclick();
  await page.keyboard.type('watch');
  await policies.mistakes.getByText('line 9, column 11').waitFor();
  await policies.mistakes.getByText('“watch” is no mode').waitFor();
  await policies.preview.getByText('when the mistakes are put right').waitFor();
  expect(await policies.save.isDisabled()).toBe(true);
  await page.keyboard.press('Control+z');
  await policies.mistakes.waitFor({ state: 'detached' });
  await policies.preview.getByText('20,000 calls replayed').waitFor();
});

test('form and text change the same policy, comments stay, and what it would do is worked out anew', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  scripted.policies.replay((_, text) => {
    const limit = Number(/limit: (\d+) #/.exec(text)?.[1] ?? 60);
    return { denied: Math.max(0, 2000 - limit * 10) };
  });
  const page = await scripted.open('policies?edit=openai-per-minute');
  const policies = policiesPage(page);
  await policies.preview.getByText('1,400', { exact: true }).waitFor();
  const { begun } = scripted.policies.replays;
  await policies.field('Limit').fill('150');
  await policies.yaml.getByText('limit: 150 # agreed with the support team').waitFor();
  await policies.preview.getByText('500', { exact: true }).waitFor();
  await policies.yaml.getByText('sliding-window').first().dblclick();
  expect(scripted.policies.replays.begun).toBe(begun + 1);
  await page.getByText('not saved').waitFor();
  // Somebody looks elsewhere, and comes back.
  await page.keyboard.press('Control+2');
  await page.waitForURL(/#\/traffic/);
  await page.goBack();
  await policies.yaml.getByText('limit: 150 # agreed').waitFor();
  await policies.save.click();
  await policies.difference.getByText('limit: 150 # agreed').waitFor();
  await policies.dialog.getByRole('textbox', { name: 'Why' }).fill('They gave us more');
  await page.keyboard.press('Enter');
  await page.getByText(/^Version \d+ is in force$/).waitFor();
  expect(scripted.policies.text()).toContain('limit: 150 # agreed with the support team');
  scripted.policies.replay(() => ({}));
});

test('a conflict keeps both: what somebody else saved and what was written meanwhile', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await scripted.open('policies?edit=openai-per-minute');
  const policies = policiesPage(page);
  await policies.field('Reason').fill('Shared by all of us');
  scripted.policies.write(scripted.policies.text().replace('limit: 20,', 'limit: 24,'), { author: 'kim' });
  await expect.poll(() => policies.save.isEnabled(), BUSY).toBe(true);
  await page.keyboard.press('Control+s');
  await policies.dialog.getByRole('button', { name: 'Save' }).click();
  await policies.main.getByText(/Somebody else saved version/).waitFor();
  const merged = policies.main.getByRole('textbox', { name: 'Mine against the newest version' });
  // Mine says nothing of their change: it is taken back from the difference, the other one stays.
  await merged.getByRole('button', { name: 'Reject' }).nth(1).click();
  await policies.main.getByRole('button', { name: 'Go on with mine' }).click();
  await expect.poll(() => policies.save.isEnabled(), BUSY).toBe(true);
  await policies.save.click();
  await policies.dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByText(/^Version \d+ is in force$/).waitFor();
  expect(scripted.policies.text()).toContain('limit: 24,');
  expect(scripted.policies.text()).toContain('reason: Shared by all of us');
});

test('a new policy begins in the text, and keys and values are completed from the file’s words and from calls', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await scripted.open('policies');
  const policies = policiesPage(page);
  await policies.row('openai-per-minute').waitFor();
  await page.keyboard.press('n');
  await policies.yaml.getByText('new-limit').waitFor();
  await policies.field('Name').fill('mine');
  await policies.yaml.getByText('id: mine').waitFor();
  await policies.yaml.getByText('action: reject').last().click();
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await page.keyboard.type('bur');
  await page.getByRole('option', { name: /^burst/ }).click();
  await policies.yaml.getByText('burst:').waitFor();
  expect(scripted.policies.text()).not.toContain('mine');
});

test('where there is no policy, the page begins one from what was recorded', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const fresh = await startScripted();
  try {
    fresh.map.put(smallWorld());
    const page = await fresh.open('policies');
    const policies = policiesPage(page);
    await policies.main.getByText('No policy yet: every call goes out').waitFor();
    await policies.main.getByText('limit: 84').waitFor();
    await policies.main.getByRole('button', { name: 'Try this on recorded calls' }).click();
    await policies.yaml.getByText('limit: 84').waitFor();
    await policies.preview.getByText('calls replayed').waitFor();
    await policies.save.click();
    await policies.dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Version 1 is in force').waitFor();
    expect(fresh.policies.text()).toMatch(/^policies:\n {2}- id: .*-per-app\n {4}kind: limit\n {4}mode: observe/);
  } finally {
    await fresh.stop();
  }
});

test('a call that waits is said on every view, with the time that is left, and let go with one key', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await scripted.open('traffic');
  const policies = policiesPage(page);
  await page.getByRole('main', { name: 'Traffic' }).waitFor();
  const now = Date.now() * 1000;
  const ask = (call: number, left: number): AskRow => ({
    call,
    policy: 'ask-before-stripe',
    at: now,
    until: now + left * 1e6,
    otherwise: 'deny',
    app: 'etl-nightly',
    method: 'POST',
    host: 'api.stripe.com',
    path: `/v1/refunds/${call}`,
    vendor: 'stripe',
    sentence: 'Somebody is asked before etl-nightly calls Stripe.',
  });
  scripted.policies.ask([ask(1, 290), ask(2, 280)]);
  await policies.asks.getByText('/v1/refunds/2', { exact: true }).waitFor();
  await policies.asks.getByText(/^2\d\d s, then it is refused$/).waitFor();
  expect(await accessibilityFindings(page)).toEqual([]);
  await page.keyboard.press('Shift+Y');
  await policies.asks.getByText('/v1/refunds/1', { exact: true }).waitFor();
  await policies.asks.getByRole('button', { name: 'For longer' }).click();
  await page.getByRole('menuitem', { name: 'Refuse for an hour' }).click();
  await expect
    .poll(() => scripted.policies.answered, BUSY)
    .toEqual([
      { call: 2, verdict: 'allow', remember: 'once' },
      { call: 1, verdict: 'deny', remember: 'hour' },
    ]);
  await policies.asks.waitFor({ state: 'hidden' });
});

test('a call says who decided about it, by which numbers, and what would only have been', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  scripted.put([makeCall({ id: 77, decisions: callDecisions(Date.now() * 1000) })]);
  const page = await scripted.open('call?id=77&tab=decisions');
  const acted = page.getByRole('region', { name: 'What policies did' });
  await acted.getByText('refused', { exact: true }).waitFor();
  await acted.getByText('60 calls', { exact: true }).waitFor();
  expect(await acted.getByRole('link', { name: 'openai-per-minute' }).getAttribute('href')).toBe(
    '#/policies?policy=openai-per-minute',
  );
  const would = page.getByRole('region', { name: 'What policies that observe would have done' });
  await would.getByText('would be delayed').waitFor();
  await would.getByText('none of this happened to the call').waitFor();
  await page.getByText('All policies together took 14 µs for this call.').waitFor();
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
    await page.goto(page.url().replace(/#.*/, '#/policies?edit=openai-per-minute'));
    await policies.preview.getByText('calls replayed').waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
  },
);
