import type { Locator, Page } from 'playwright';

/** The Traffic view as its users see it: works on any page that shows it. */
export function trafficPage(page: Page) {
  const list = page.getByRole('grid', { name: 'Calls' });
  const filter = page.getByRole('combobox', { name: 'Filter' });
  return {
    list,
    filter,
    /** Calls in sight, by what a screen reader says of them. */
    row: (spoken: string | RegExp): Locator => list.getByRole('row', { name: spoken }),
    rows: (): Locator => list.locator('[data-call]'),
    /** The row at a place of the list, counted from 0. */
    rowAt: (index: number): Locator => list.locator(`[aria-rowindex="${index + 2}"]`),
    selected: (): Locator => list.locator('[role=row][aria-selected=true]'),
    column: (title: string): Locator => list.getByRole('columnheader', { name: title, exact: true }),
    chips: (): Locator =>
      page.getByRole('group', { name: 'Parts of the filter' }).getByRole('button', { name: /^Edit / }),
    suggestion: (title: string): Locator => page.getByRole('option', { name: title }),
    panel: page.getByRole('region', { name: /^Call/ }),
    newCalls: page.getByRole('button', { name: /new/ }),
    strip: page.getByRole('slider', { name: /Calls over time/ }),
    facets: page.getByRole('complementary', { name: 'In common' }),
    bulk: page.getByRole('region', { name: /calls selected/ }),
    /** How far the list is from its end, in pixels. */
    fromEnd: (): Promise<number> =>
      list.evaluate((element) => element.scrollHeight - element.clientHeight - element.scrollTop),
  };
}
