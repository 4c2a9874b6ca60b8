import type { Locator, Page } from 'playwright';

const exactly = (name: string): string => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** The costs view in its user's words. */
export function costsPage(page: Page) {
  const main = page.getByRole('main', { name: 'Costs' });
  return {
    main,
    /** What it comes to, in a sentence. */
    sum: main.getByRole('region', { name: 'Costs', exact: true }),
    breakdown: main.getByRole('grid', { name: 'Breakdown' }),
    row: (name: string): Locator => main.getByRole('row', { name: new RegExp(`^${exactly(name)}, `) }),
    /** Opens what a row is made of: its name is pressed, for its number of calls leads elsewhere. */
    open: (name: string): Promise<void> =>
      main
        .getByRole('row', { name: new RegExp(`^${exactly(name)}, `) })
        .getByText(name, { exact: true })
        .click(),
    rows: main.locator('.dense-row'),
    path: main.getByRole('navigation', { name: 'What the breakdown is of' }),
    tab: (title: string): Locator => main.getByRole('radio', { name: title }),
    part: (title: string): Locator => main.getByRole('region', { name: title, exact: true }),
    chart: main.getByRole('figure', { name: 'Known cost' }),
    table: main.getByRole('region', { name: 'Known cost over time' }),
    /** Tells costs apart by something else. */
    async tellApart(by: string): Promise<void> {
      await main.getByRole('button', { name: /^by / }).click();
      await page.getByRole('menuitem', { name: by, exact: true }).click();
    },
    dialog: page.getByRole('dialog'),
  };
}
