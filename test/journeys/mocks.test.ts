// A set of mocks that answers is shown on every view, with for whom and how long, and can be stopped there.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessibilityFindings } from './axe.ts';
import { sendCalls } from './send-calls.ts';
import { noBrowser, startWorkspace, type Workspace } from './start-workspace.ts';

let workspace: Workspace;
beforeAll(async () => {
  if (noBrowser === null) workspace = await startWorkspace();
});
afterAll(() => workspace?.stop());

/** Asks the engine as a script does. */
async function ask(method: string, path: string, body: unknown): Promise<{ id?: string }> {
  const link = new URL(workspace.link);
  const answer = await fetch(new URL(`/api${path}`, link), {
    method,
    headers: { authorization: `Bearer ${link.searchParams.get('token')}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  return (await answer.json()) as { id?: string };
}

const TEXT = `mocks:\n  - { id: things, match: { path: /things }, answer: { json: { mocked: true } } }\n`;

test.for(['dark', 'light'] as const)(
  'the strip is there while a set answers, and ends it (%s)',
  async (theme, context) => {
    if (noBrowser !== null) return context.skip(noBrowser);
    await ask('PUT', '/mocks/sets/trial', { text: TEXT });
    const page = await workspace.open('traffic', { theme });
    await page.getByRole('button', { name: /capturing/ }).waitFor();
    const strip = page.getByRole('region', { name: 'Answers from mocks' });
    expect(await strip.count()).toBe(0);

    await ask('POST', '/mocks/active', { set: 'trial', apps: ['shop'], minutes: 30 });
    await strip.getByText('Mocks of “trial” answer').waitFor();
    await sendCalls(workspace, [{ path: '/things', app: 'shop' }]);
    await strip.getByText(/shop · 30 min left · 1 call answered/).waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    if (process.env['SCREENSHOTS']) await page.screenshot({ path: `${process.env['SCREENSHOTS']}/mocks-${theme}.png` });

    await strip.getByRole('link', { name: 'Show its calls' }).click();
    await page
      .getByRole('row', { name: /things/ })
      .first()
      .waitFor();
    await strip.getByRole('button', { name: 'Stop answering from “trial”' }).click();
    await page.getByText('“trial” answers no more').waitFor();
    await strip.waitFor({ state: 'detached' });
  },
);
