import { useId, useState } from 'react';
import type { ReactNode } from 'react';
import { CRITICALITIES } from '../../../shared/contract/apps.ts';
import type { App } from '../../../shared/contract/apps.ts';
import { TextField } from '../../ui/fields.tsx';
import { toast } from '../../ui/toasts.tsx';
import { words } from '../../words/index.ts';
import { useDeed } from './use-apps.ts';

const says = words.apps;
type Said = 'owner' | 'team' | 'criticality';

/** Who owns it, and how much hangs on it: what people say. Each counts when it is left, and can be undone. */
export function Declaration({ app }: { app: App }): ReactNode {
  const deed = useDeed();
  const id = useId();
  const set = (what: Said, title: string, value: string | null): void => {
    const before = app[what];
    if (value === before) return;
    void deed((api) => api.apps.change({ name: app.name, [what]: value })).then((done) => {
      if (!done) return;
      toast(says.changed(title, app.name), {
        action: {
          title: words.general.undo,
          run: () => void deed((api) => api.apps.change({ name: app.name, [what]: before })),
        },
      });
    });
  };
  return (
    <section className="app-said" aria-label={says.said}>
      <Word title={says.owner} hint={says.ownerHint} value={app.owner} onSet={(to) => set('owner', says.owner, to)} />
      <Word title={says.team} hint={says.teamHint} value={app.team} onSet={(to) => set('team', says.team, to)} />
      <div>
        <label htmlFor={id}>{says.criticalityTitle}</label>
        <select
          id={id}
          className="text-field"
          value={app.criticality ?? ''}
          onChange={(event) => set('criticality', says.criticalityTitle, event.target.value || null)}
        >
          <option value="">{says.notSaid}</option>
          {CRITICALITIES.map((one) => (
            <option key={one} value={one}>
              {says.criticality[one]}
            </option>
          ))}
        </select>
      </div>
    </section>
  );
}

function Word({
  title,
  hint,
  value,
  onSet,
}: {
  title: string;
  hint: string;
  value: string | null;
  onSet: (value: string | null) => void;
}): ReactNode {
  const id = useId();
  const [text, setText] = useState(value ?? '');
  const [seen, setSeen] = useState(value);
  if (seen !== value) {
    setSeen(value);
    setText(value ?? '');
  }
  return (
    <div>
      <label htmlFor={id}>{title}</label>
      <TextField
        id={id}
        value={text}
        placeholder={hint}
        maxLength={200}
        onChange={(event) => setText(event.target.value)}
        onBlur={() => onSet(text.trim() || null)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') event.currentTarget.blur();
          else if (event.key === 'Escape') setText(value ?? '');
          else return;
          event.preventDefault();
          event.stopPropagation();
        }}
      />
    </div>
  );
}
