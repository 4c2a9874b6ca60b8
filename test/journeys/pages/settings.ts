import type { Locator, Page } from 'playwright';

/** The settings in their user's words. */
export function settingsPage(page: Page) {
  const main = page.getByRole('main', { name: 'Settings' });
  return {
    main,
    sections: main.getByRole('navigation', { name: 'Sections of the settings' }).getByRole('link'),
    section: (name: string): Locator =>
      main.getByRole('navigation', { name: 'Sections of the settings' }).getByRole('link', { name }),
    field: (title: string): Locator => main.getByRole('textbox', { name: title, exact: true }),
    entries: (title: string): Locator => main.getByRole('list', { name: `Entries of ${title}` }).getByRole('listitem'),
    problem: main.getByRole('alert'),
    /** In the toast that says what was changed. */
    undo: page.getByRole('button', { name: 'Undo' }),
  };
}
