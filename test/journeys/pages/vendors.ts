import type { Locator, Page } from 'playwright';

const exactly = (name: string): string => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** The vendors view in its user's words. */
export function vendorsPage(page: Page) {
  const main = page.getByRole('main', { name: 'Vendors' });
  const panel = main.getByRole('region', { name: /^Vendor / });
  return {
    main,
    list: main.getByRole('grid', { name: 'Vendors' }),
    inbox: main.getByRole('grid', { name: 'Inbox' }),
    /** A vendor's row, by its name. */
    row: (name: string): Locator => main.getByRole('row', { name: new RegExp(`^${exactly(name)}, `) }),
    rows: main.locator('.dense-row'),
    tab: (title: string): Locator => main.getByRole('radio', { name: new RegExp(`^${title}`) }),
    find: main.getByRole('textbox', { name: 'Find vendors' }),
    column: (title: string): Locator => main.getByRole('columnheader', { name: title }),
    /** Opens the menu of statuses and chooses one. */
    async keepStatus(title: RegExp): Promise<void> {
      await main
        .getByRole('button', { name: /^(any status|status: )/ })
        .first()
        .click();
      await page.getByRole('menuitem', { name: title }).click();
    },
    problems: main.getByRole('alert'),
    panel,
    title: panel.getByRole('heading', { level: 2 }),
    field: (title: string): Locator => panel.getByLabel(title, { exact: true }),
    part: (title: string): Locator => panel.getByRole('region', { name: title, exact: true }),
    figures: panel.getByLabel('Figures of the span'),
    dialog: page.getByRole('dialog'),
    /** In the toast that says what was changed. */
    undo: page.getByRole('button', { name: 'Undo' }),
  };
}
