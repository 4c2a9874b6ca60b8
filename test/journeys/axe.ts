import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright';

/** Serious and critical findings of the accessibility scan of what is shown, a line each; none is what a test wants. */
export async function accessibilityFindings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, help, nodes }) => nodes.map(({ target }) => `${id}: ${help} (${target.join(' ')})`));
}
