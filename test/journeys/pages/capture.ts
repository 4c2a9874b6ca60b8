import type { Locator, Page } from 'playwright';

/** The capture view in its user's words. */
export function capturePage(page: Page) {
  const main = page.getByRole('main', { name: 'Capture' });
  return {
    main,
    search: main.getByRole('textbox', { name: 'Find a way to capture' }),
    way: (title: string): Locator => main.getByRole('button', { name: title }),
    ways: main.getByRole('navigation', { name: 'Ways to capture' }).getByRole('button'),
    steps: (title: string): Locator => main.getByRole('article', { name: title }),
    tryIt: main.getByRole('button', { name: 'Try it now' }),
    arriving: main.getByRole('region', { name: 'Calls arriving' }),
  };
}
