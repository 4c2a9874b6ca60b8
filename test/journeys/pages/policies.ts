import type { Locator, Page } from 'playwright';

const exactly = (name: string): string => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** The policies view in its user's words. */
export function policiesPage(page: Page) {
  const main = page.getByRole('main', { name: 'Policies' });
  const row = (id: string): Locator => main.getByRole('row', { name: new RegExp(`^${exactly(id)}, `) });
  const dialog = page.getByRole('alertdialog');
  return {
    main,
    list: main.getByRole('grid', { name: 'Policies' }),
    rows: main.locator('.dense-row'),
    row,
    /** The mode of a policy in the list, as it is switched now. */
    mode: (id: string): Locator => row(id).getByRole('radio', { checked: true }),
    setMode: (id: string, mode: string): Promise<void> => row(id).getByRole('radio', { name: mode }).click(),
    /** Where the file is, at the foot of the list. */
    file: main.getByTitle(/^Policies are kept in/),
    problems: main.getByRole('alert'),
    panel: main.getByRole('region', { name: /^Policy / }),
    tab: (name: string): Locator => main.getByRole('radio', { name, exact: true }),
    dialog,
    /** What changes in the file, in the dialog that asks. */
    difference: dialog.getByRole('group', { name: 'What changes in the file' }),
    undo: page.getByRole('button', { name: 'Undo' }),
    // the editor
    yaml: main.getByRole('textbox', { name: 'Policies as YAML' }),
    form: main.getByRole('form', { name: 'Policy as a form' }),
    field: (name: string): Locator =>
      main.getByRole('form', { name: 'Policy as a form' }).getByLabel(name, { exact: true }),
    preview: main.getByRole('region', { name: 'On recent calls' }),
    mistakes: main.getByRole('region', { name: 'Mistakes' }),
    save: main.getByRole('button', { name: /^Save/ }),
    // versions
    versions: main.getByRole('listbox', { name: 'Versions of the policy file' }),
    version: (number: number): Locator => main.getByRole('option', { name: new RegExp(`^Version ${number}\\b`) }),
    oneVersion: (number: number): Locator => main.getByRole('region', { name: `Version ${number}`, exact: true }),
    // decisions
    decisions: main.getByRole('grid', { name: 'Decisions' }),
    decision: (policy: string, verdict: string): Locator =>
      main.getByRole('row', { name: new RegExp(`^${exactly(policy)}, ${exactly(verdict)}, `) }),
    chart: main.getByRole('figure', { name: 'Calls by verdict' }),
    // anywhere
    asks: page.getByRole('region', { name: 'Calls that wait for your word' }),
  };
}
