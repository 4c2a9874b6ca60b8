import { useId, useState } from 'react';
import type { ReactNode } from 'react';
import { CRITICALITIES } from '../../../shared/contract/apps.ts';
import { DATA_CLASSES } from '../../../shared/contract/vendors.ts';
import type { VendorDeclaration, VendorRow } from '../../../shared/contract/vendors.ts';
import { TextField } from '../../ui/fields.tsx';
import { toast } from '../../ui/toasts.tsx';
import { words } from '../../words/index.ts';
import { useDeed } from './use-vendors.ts';

const says = words.vendors;
type Said = Exclude<keyof VendorDeclaration, 'status'>;
type Text = Exclude<Said, 'criticality' | 'data' | 'approvedUntil'>;

/** What people say of it. Each counts when it is left, and can be undone. */
export function Declaration({ vendor }: { vendor: VendorRow }): ReactNode {
  const deed = useDeed();
  const id = useId();
  // A box shows what was asked for while the engine writes it down; the next one ticked is added to that.
  const [asked, setAsked] = useState<VendorDeclaration['data'] | null>(null);
  const data = asked ?? vendor.data;
  function set<Key extends Said>(key: Key, value: VendorDeclaration[Key]): void {
    const before = vendor[key];
    if (JSON.stringify(before) === JSON.stringify(value)) return;
    void deed((api) => api.vendors.change({ id: vendor.id, [key]: value })).then((done) => {
      if (key === 'data') setAsked((latest) => (latest === value ? null : latest));
      if (!done) return;
      toast(says.changed(says.field[key], vendor.name), {
        action: {
          title: words.general.undo,
          run: () => void deed((api) => api.vendors.change({ id: vendor.id, [key]: before })),
        },
      });
    });
  }
  const word = (key: Text): ReactNode => (
    <Word
      title={says.field[key]}
      hint={says.hint[key]}
      value={vendor[key]}
      {...(key === 'declaredCountry' && { most: 2 })}
      {...(key === 'note' && { className: 'vendor-said-note' })}
      onSet={(to) => set(key, key === 'declaredCountry' ? (to?.toUpperCase() ?? null) : to)}
    />
  );
  return (
    <section aria-label={says.said}>
      <h3>{says.said}</h3>
      <div className="vendor-said">
        {word('owner')}
        <div>
          <label htmlFor={`${id}c`}>{says.field.criticality}</label>
          <select
            id={`${id}c`}
            className="text-field"
            value={vendor.criticality ?? ''}
            onChange={(event) => set('criticality', CRITICALITIES.find((one) => one === event.target.value) ?? null)}
          >
            <option value="">{says.notSaid}</option>
            {CRITICALITIES.map((one) => (
              <option key={one} value={one}>
                {says.criticality[one]}
              </option>
            ))}
          </select>
        </div>
        {word('declaredCountry')}
        {word('purpose')}
        {word('contract')}
        {word('approvedBy')}
        <div>
          <label htmlFor={`${id}u`}>{says.field.approvedUntil}</label>
          <input
            id={`${id}u`}
            type="date"
            className="text-field"
            value={vendor.approvedUntil ?? ''}
            onChange={(event) => set('approvedUntil', event.target.value || null)}
          />
        </div>
        {word('note')}
        <fieldset className="vendor-said-wide vendor-data">
          <legend>{says.field.data}</legend>
          {DATA_CLASSES.map((one) => (
            <label key={one} data-on={data.includes(one) || undefined}>
              <input
                type="checkbox"
                checked={data.includes(one)}
                onChange={(event) => {
                  const wanted = DATA_CLASSES.filter((other) =>
                    other === one ? event.target.checked : data.includes(other),
                  );
                  setAsked(wanted);
                  set('data', wanted);
                }}
              />
              {says.dataClass[one]}
            </label>
          ))}
        </fieldset>
      </div>
    </section>
  );
}

function Word({
  title,
  hint,
  value,
  most = 1000,
  className,
  onSet,
}: {
  title: string;
  hint: string;
  value: string | null;
  most?: number;
  className?: string;
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
    <div className={className}>
      <label htmlFor={id}>{title}</label>
      <TextField
        id={id}
        value={text}
        placeholder={hint}
        maxLength={most}
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
