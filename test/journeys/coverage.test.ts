import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Coverage, NotSeen } from '../../shared/contract/coverage.ts';
import { accessibilityFindings } from './axe.ts';
import { coveragePage } from './pages/coverage.ts';
import { startScripted } from './scripted-workspace.ts';
import type { Scripted } from './scripted-workspace.ts';
import { noBrowser } from './start-workspace.ts';

/** What the workspace says of what it did not see. */

const HOUR = 3_600_000_000;
const COVERAGE: Coverage = {
  share: 0.9996,
  parts: {
    seen: 9_996,
    around: 4,
    neverCaptured: 6,
    neverCapturedApps: 2,
    passThrough: 8,
    pinned: 0,
    bodiesShed: 0,
    callsLost: 14,
    agentDrops: 0,
  },
  sampler: { works: true, why: null },
};
const now = Date.now() * 1000;
const AROUND: NotSeen = {
  app: 'etl',
  process: 'python3.12',
  pid: 4811,
  command: 'python3.12 -m etl.nightly',
  host: 'lake.example',
  address: '203.0.113.9',
  port: 443,
  firstSeen: now - 9 * HOUR,
  lastSeen: now - 15_000_000,
  connections: 41,
  reason: 'around',
  why: 'aiohttp ignores the proxy variables.',
  remedy: 'Start it with `npx sallyport run -- python -m etl.nightly`.',
};
const NEVER: NotSeen = {
  ...AROUND,
  app: null,
  process: 'chat',
  pid: 1,
  host: 'chat.example',
  reason: 'never-captured',
};

let scripted: Scripted;
beforeAll(async () => {
  if (noBrowser !== null) return;
  scripted = await startScripted();
});
afterAll(async () => {
  if (noBrowser === null) await scripted.stop();
});

test('the status bar says how much is seen, as it changes, and leads to what is not', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  scripted.cover(COVERAGE, []);
  const page = await scripted.open('traffic');
  const { statusItem, parts } = coveragePage(page);
  // Never rounded up to all.
  await statusItem.getByText('coverage 99.9 %').waitFor();
  scripted.cover({ ...COVERAGE, share: 0.5 }, []);
  await statusItem.getByText('coverage 50 %').waitFor();
  await statusItem.click();
  await parts.getByText('9,996 of 10,000 connections of captured apps were seen.').waitFor();
  expect(page.url()).toContain('#/coverage');
});

test('a program that went around is shown with why, and what to do is copied', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  scripted.cover(COVERAGE, [AROUND, NEVER], [{ ...COVERAGE, start: Math.floor(now / HOUR) * HOUR }]);
  const page = await scripted.open('coverage');
  const coverage = coveragePage(page);
  await coverage.notSeen.getByRole('button', { name: /etl.*lake\.example/ }).waitFor();
  await coverage.notSeen.getByText('aiohttp ignores the proxy variables.').waitFor();
  await coverage.notSeen.getByRole('button', { name: 'Copy what to do' }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('npx sallyport run -- python -m etl.nightly');
  await coverage.find.fill('chat');
  await coverage.notSeen.getByRole('button', { name: /chat\.example/ }).waitFor();
  expect(await coverage.notSeen.getByRole('button', { name: /lake\.example/ }).count()).toBe(0);
});

test('where nobody can look the page says why, and not that nothing went around', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const why = 'This system does not tell programs about the connections of others.';
  scripted.cover({ ...COVERAGE, share: null, sampler: { works: false, why } }, []);
  const page = await scripted.open('coverage');
  const coverage = coveragePage(page);
  await coverage.main.getByText(why).waitFor();
  expect(await coverage.main.getByText('Nothing went around').count()).toBe(0);
  scripted.cover({ ...COVERAGE, sampler: { works: true, why: null } }, []);
  await coverage.main.getByText('Nothing went around').waitFor();
});

test('the hours can be read with the keyboard, and have a table behind them', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  scripted.cover(COVERAGE, [AROUND], [{ ...COVERAGE, start: Math.floor(now / HOUR) * HOUR }]);
  const page = await scripted.open('coverage');
  const { chart, table } = coveragePage(page);
  await chart.focus();
  await page.keyboard.press('End');
  expect(await chart.getAttribute('aria-valuetext')).toMatch(/Seen 9,996/);
  await page.keyboard.press('t');
  await table.getByRole('columnheader', { name: 'Around' }).waitFor();
});

test.for(['dark', 'light'] as const)('no serious accessibility finding in %s coverage', async (theme, context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  scripted.cover(COVERAGE, [AROUND, NEVER], [{ ...COVERAGE, start: Math.floor(now / HOUR) * HOUR }]);
  const page = await scripted.open('coverage', { theme });
  await coveragePage(page).notSeen.getByText('aiohttp').waitFor();
  expect(await accessibilityFindings(page)).toEqual([]);
});
