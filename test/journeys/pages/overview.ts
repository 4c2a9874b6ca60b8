import type { Locator, Page } from 'playwright';

/** The overview in its user's words. */
export function overviewPage(page: Page) {
  const main = page.getByRole('main', { name: 'Overview' });
  return {
    main,
    /** One of the figures at the top, as it reads. */
    figure: (title: string): Locator =>
      main.getByLabel('Sums of the span').locator('div').filter({ hasText: title }).getByRole('link'),
    span: (name: string): Locator => main.getByRole('radio', { name, exact: true }),
    chart: (name: 'Calls' | 'Latency'): Locator => main.getByRole('slider', { name: `${name} over time` }),
    table: (name: string): Locator => main.getByRole('region', { name, exact: true }),
    row: (table: string, name: string): Locator =>
      main.getByRole('region', { name: table, exact: true }).getByRole('row', { name }),
    /** The button that leaves a span that was selected on a chart. */
    leaveSelection: main.getByTitle('Back to the whole span (Esc)'),
  };
}
