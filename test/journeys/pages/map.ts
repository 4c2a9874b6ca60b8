import type { Locator, Page } from 'playwright';

/** The map in its user's words. */
export function mapPage(page: Page) {
  const main = page.getByRole('main', { name: 'Map' });
  const panel = main.getByRole('region', { name: /^About / });
  const graph = main.getByRole('group', { name: 'Dependency graph' });
  return {
    main,
    graph,
    /** A node, by its name and what it is: `node('Stripe', 'vendor')`. */
    node: (name: string, kind: 'app' | 'vendor' | 'endpoint' | 'apps' | 'vendors'): Locator =>
      graph.getByRole('button', { name: new RegExp(`^${escaped(name)}( .*)?, (\\d+ )?${kind}\\b`) }),
    nodes: graph.locator('.map-node-button'),
    find: main.getByRole('textbox', { name: 'Find in the map' }),
    /** A menu of the bar: width, colour, grouping, time span. */
    menu: (name: 'Width' | 'Colour' | 'Grouping' | 'Time span'): Locator =>
      main.getByRole('button', { name: new RegExp(`^${name}: `) }),
    item: (name: string): Locator =>
      page.getByRole('menuitemcheckbox', { name, exact: true }).or(page.getByRole('menuitem', { name, exact: true })),
    exportMenu: main.getByRole('button', { name: 'Export', exact: true }),
    look: (name: 'graph' | 'Sankey' | 'world'): Locator => main.getByRole('radio', { name, exact: true }),
    legend: main.getByRole('note', { name: 'Legend' }),
    changes: main.getByRole('group', { name: 'What changed' }),
    walk: main.getByRole('slider', { name: 'Walk through time' }),
    panel,
    title: panel.getByRole('heading', { level: 2 }),
    part: (name: string): Locator => panel.getByRole('region', { name, exact: true }),
    button: (name: string | RegExp): Locator => panel.getByRole('button', { name, exact: true }),
    /** A figure of the panel, by its title. */
    figure: (title: string): Locator =>
      panel
        .getByLabel('Figures of the span')
        .locator('div')
        .filter({ hasText: new RegExp(`^${title}`) }),
    table: main.getByRole('treegrid'),
    row: (name: string): Locator => main.getByRole('row', { name: new RegExp(`^${escaped(name)}, `) }),
    countries: main.getByRole('region', { name: 'Countries', exact: true }),
    undo: page.getByRole('button', { name: 'Undo' }),
  };
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
