import type { Locator, Page } from 'playwright';

/** The apps view in its user's words. */
export function appsPage(page: Page) {
  const main = page.getByRole('main', { name: 'Apps' });
  const panel = main.getByRole('region', { name: /^App / });
  const dialog = page.getByRole('dialog');
  return {
    main,
    list: main.getByRole('grid', { name: 'Apps' }),
    /** An app's row, by its name. */
    row: (name: string): Locator => main.getByRole('row', { name: new RegExp(`^${name}, `) }),
    rows: main.locator('.app-row'),
    find: main.getByRole('textbox', { name: 'Find apps' }),
    newSince: main.getByLabel('New since'),
    column: (title: string): Locator => main.getByRole('columnheader', { name: title }),
    panel,
    title: panel.getByRole('heading', { level: 2 }),
    name: panel.getByRole('textbox', { name: 'Name of the app' }),
    field: (title: string): Locator => panel.getByLabel(title, { exact: true }),
    part: (title: string): Locator => panel.getByRole('region', { name: title, exact: true }),
    button: (title: string): Locator => panel.getByRole('button', { name: title }),
    dialog,
    /** In the toast that says what was changed. */
    undo: page.getByRole('button', { name: 'Undo' }),
  };
}
