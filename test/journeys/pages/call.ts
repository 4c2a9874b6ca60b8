import type { Locator, Page } from 'playwright';

/** One call, on a page of its own or beside the list, in its user's words. */
export function callPage(page: Page) {
  const panel = page.getByRole('region', { name: /^Call \d+$/ });
  return {
    panel,
    title: panel.getByRole('heading', { level: 1 }),
    tab: (name: string): Locator =>
      panel
        .getByRole('tablist', { name: 'Parts of the call' })
        .getByRole('tab', { name: new RegExp(`^${name}( ?\\d+)?$`) }),
    part: (name: string): Locator =>
      panel.getByRole('tablist', { name: 'What of it to show' }).getByRole('tab', { name: new RegExp(`^${name}`) }),
    body: panel.getByRole('group', { name: 'Body', exact: true }),
    text: panel.getByRole('textbox', { name: 'Text of the body' }),
    form: panel.getByRole('button', { name: /^Read as / }),
    look: (name: 'Pretty' | 'Raw' | 'Hex'): Locator => panel.getByRole('radio', { name }),
    find: panel.getByRole('search').getByRole('textbox'),
    found: panel.getByRole('search').getByRole('status'),
    messages: panel.getByRole('listbox', { name: 'Messages of the call' }),
    conversation: panel.getByLabel('Conversation with a language model'),
  };
}
