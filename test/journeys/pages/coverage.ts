import type { Page } from 'playwright';

/** The coverage view in its user's words. */
export function coveragePage(page: Page) {
  const main = page.getByRole('main', { name: 'Coverage' });
  return {
    main,
    parts: main.getByRole('region', { name: 'What the number is made of' }),
    chart: main.getByRole('slider', { name: /Connections by the hour/ }),
    table: main.getByRole('region', { name: 'Connections by the hour' }),
    notSeen: main.getByRole('region', { name: 'Not seen' }),
    find: main.getByRole('textbox', { name: 'Find a program or host' }),
    /** In the status bar of any view. */
    statusItem: page.getByRole('contentinfo').getByRole('link', { name: /coverage/ }),
  };
}
