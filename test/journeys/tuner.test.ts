// A limit tuned on what was recorded: moved with the keyboard, seen to change what it would do, confirmed to observe.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessibilityFindings } from './axe.ts';
import { policiesPage } from './pages/policies.ts';
import { sendCalls, statusRoute } from './send-calls.ts';
import { noBrowser, startWorkspace, type Workspace } from './start-workspace.ts';

const DRAFT = `- id: six-calls
  kind: limit
  mode: observe
  match:
    app: tuned
  settings:
    algorithm: token-bucket
    limit: 9
    window: 1d
    per: [app]
    action: reject
`;
const ADDRESS = `policies?tab=tuner&span=24h&draft=${encodeURIComponent(DRAFT)}`;

let workspace: Workspace;
beforeAll(async () => {
  if (noBrowser !== null) return;
  workspace = await startWorkspace({ routes: [statusRoute] });
  await sendCalls(
    workspace,
    Array.from({ length: 6 }, (_, at) => ({ path: `/status/200/${at}`, app: 'tuned' })),
  );
});
afterAll(() => workspace?.stop());

test('a limit that is moved says what it would have done, and may then observe', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await workspace.open(ADDRESS);
  const policies = policiesPage(page);
  const refused = policies.main.locator('.tuner-figures div').filter({ hasText: 'refused' }).locator('strong');
  await expect.poll(() => refused.textContent(), { timeout: 10_000 }).toBe('0');
  await policies.main.getByText(/^6 calls replayed/).waitFor();

  const line = page.getByRole('slider', { name: 'The limit' });
  await line.focus();
  for (let limit = 9; limit > 2; limit--) await page.keyboard.press('ArrowDown');
  expect(await line.getAttribute('aria-valuenow')).toBe('2');
  await expect.poll(() => refused.textContent(), { timeout: 10_000 }).toBe('4');
  await policies.main.getByRole('region', { name: 'Who feels it' }).getByText('4 refused').waitFor();
  await policies.main.getByText('limit: 2').waitFor();

  await policies.main.getByRole('button', { name: 'Observe…' }).click();
  await policies.dialog.getByRole('button', { name: 'Observe' }).click();
  await page.getByText('“six-calls” is saved: observe').waitFor();
  await page.goto(page.url().replace(/#.*/, '#/policies'));
  await expect.poll(() => policies.mode('six-calls').textContent(), { timeout: 10_000 }).toBe('observe');
});

for (const theme of ['dark', 'light'] as const)
  test(`nothing serious is found by the accessibility scan, ${theme}`, async (context) => {
    if (noBrowser !== null) return context.skip(noBrowser);
    const page = await workspace.open(ADDRESS, { theme });
    await policiesPage(page)
      .main.getByText(/^6 calls replayed/)
      .waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
  });
