import { useState } from 'react';
import type { ReactNode } from 'react';
import type { App } from '../../../shared/contract/apps.ts';
import { formatCount } from '../../../shared/format/quantities.ts';
import { appMark } from '../../callers/app-mark.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/fields.tsx';
import { toast } from '../../ui/toasts.tsx';
import { words } from '../../words/index.ts';
import { findApps, orderApps } from './app-order.ts';
import { runtimeOfApp } from './runtime-of-app.ts';
import { useDeed } from './use-apps.ts';

const says = words.apps;
/** More than these are found by typing. */
const SHOWN = 100;

/** Chooses the apps that should count as this one. */
export function MergeDialog({
  app,
  others,
  onClose,
}: {
  app: App;
  others: readonly App[];
  onClose: () => void;
}): ReactNode {
  const deed = useDeed();
  const [typed, setTyped] = useState('');
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const candidates = others.filter(({ name }) => name !== app.name);
  const found = orderApps(findApps(candidates, typed, null), { by: 'calls', descending: true }).slice(0, SHOWN);

  async function merge(): Promise<void> {
    const merged = candidates.filter(({ name }) => chosen.has(name));
    if (merged.length === 0) return;
    onClose();
    const done = await deed((api) => api.apps.merge({ name: app.name, others: merged.map(({ name }) => name) }));
    if (!done) return;
    toast(says.merged(merged.length, app.name), {
      action: { title: words.general.undo, run: () => void undo(merged) },
    });
  }

  /** Each name counts on its own again, and then with those it was merged with before. */
  async function undo(merged: readonly App[]): Promise<void> {
    const done = await deed(async (api) => {
      for (const { name, names } of merged) {
        for (const other of names.length === 0 ? [name] : names) await api.apps.split({ name: app.name, other });
        const rest = names.filter((other) => other !== name);
        if (rest.length > 0) await api.apps.merge({ name, others: rest });
      }
      return true;
    });
    if (done) toast(says.unmerged);
  }

  return (
    <Dialog open onClose={onClose} title={says.mergeTitle(app.name)}>
      <form
        className="apps-form"
        onSubmit={(event) => {
          event.preventDefault();
          void merge();
        }}
      >
        <p className="dim">{says.mergeSays(app.name)}</p>
        <TextField
          autoFocus
          aria-label={says.mergeFind}
          placeholder={says.mergeFind}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
        <ul className="merge-list" aria-label={says.mergeList}>
          {found.map((one) => (
            <li key={one.name}>
              <label>
                <input
                  type="checkbox"
                  checked={chosen.has(one.name)}
                  onChange={(event) => {
                    const next = new Set(chosen);
                    if (event.target.checked) next.add(one.name);
                    else next.delete(one.name);
                    setChosen(next);
                  }}
                />
                {appMark(one.name, runtimeOfApp(one))}
                <span className="ellipsis">{one.name}</span>
                <span className="dim">{formatCount(one.calls)}</span>
              </label>
            </li>
          ))}
          {found.length === 0 && <li className="dim">{says.mergeNone}</li>}
        </ul>
        <div className="dialog-buttons">
          <Button onClick={onClose}>{words.general.cancel}</Button>
          <Button look="primary" type="submit" disabled={chosen.size === 0}>
            {says.mergeAction(chosen.size)}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
