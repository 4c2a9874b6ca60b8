import { useId, useState } from 'react';
import type { ReactNode } from 'react';
import { Choice, TextField } from '../../../ui/fields.tsx';
import { words } from '../../../words/index.ts';
import { ALGORITHMS, changeDraft, PERS, WINDOWS, withLimit } from './draft.ts';
import type { DraftSettings } from './draft.ts';

const says = words.tuner;

/** The settings of a draft that are tuned; each changes its text, which is what is tried. */
export function Controls({
  text,
  settings,
  onChange,
}: {
  text: string;
  settings: DraftSettings;
  onChange: (text: string) => void;
}): ReactNode {
  const id = useId();
  const set = (key: string, value: unknown): void => onChange(changeDraft(text, ['settings', key], value));
  const pick = (
    key: string,
    title: string,
    value: string | null,
    options: readonly string[],
    name: (option: string) => string = (option) => option,
  ): ReactNode => (
    <div>
      <label htmlFor={`${id}${key}`}>{title}</label>
      <select
        id={`${id}${key}`}
        className="text-field"
        value={value ?? ''}
        onChange={(event) => set(key, event.target.value)}
      >
        {value !== null && !options.includes(value) && <option value={value}>{name(value)}</option>}
        {options.map((option) => (
          <option key={option} value={option}>
            {name(option)}
          </option>
        ))}
      </select>
    </div>
  );
  const limits = settings.kind === 'limit';
  return (
    <div className="tuner-controls" role="group" aria-label={says.settings}>
      {limits && pick('algorithm', says.algorithm, settings.algorithm, ALGORITHMS)}
      <Amount
        title={says.limit}
        value={settings.limit}
        onSet={(value) => value !== null && value > 0 && onChange(withLimit(text, value))}
      />
      {limits && settings.algorithm !== 'concurrency' && pick('window', says.window, settings.window, WINDOWS)}
      {limits && (settings.algorithm === 'token-bucket' || settings.burst !== null) && (
        <Amount title={says.burst} value={settings.burst} onSet={(value) => set('burst', value ?? undefined)} />
      )}
      <div>
        <label htmlFor={`${id}per`}>{says.each}</label>
        <select
          id={`${id}per`}
          className="text-field"
          value={settings.per.join(', ')}
          onChange={(event) => set('per', event.target.value === '' ? undefined : event.target.value.split(', '))}
        >
          <option value="">–</option>
          {settings.per.length > 1 && <option value={settings.per.join(', ')}>{settings.per.join(', ')}</option>}
          {PERS.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
      </div>
      {limits && (
        <div>
          <span className="tuner-label">{says.action}</span>
          <Choice
            label={says.action}
            value={settings.action === 'wait' ? 'wait' : 'reject'}
            options={(['reject', 'wait'] as const).map((value) => ({ value, title: says.actions[value] }))}
            onChange={(value) => set('action', value)}
          />
        </div>
      )}
      {limits &&
        settings.action === 'wait' &&
        pick('maxWait', says.maxWait, settings.maxWait, ['1s', '5s', '10s', '30s', '2m'])}
    </div>
  );
}

/** A number that counts when Enter is pressed or it is left. */
function Amount({
  title,
  value,
  onSet,
}: {
  title: string;
  value: number | null;
  onSet: (value: number | null) => void;
}): ReactNode {
  const id = useId();
  const shown = value === null ? '' : String(value);
  const [text, setText] = useState(shown);
  const [seen, setSeen] = useState(shown);
  if (seen !== shown) {
    setSeen(shown);
    setText(shown);
  }
  const send = (): void => {
    if (text.trim() === shown) return;
    const next = text.trim() === '' ? null : Number(text);
    if (next !== null && !Number.isFinite(next)) setText(shown);
    else onSet(next);
  };
  return (
    <div>
      <label htmlFor={id}>{title}</label>
      <TextField
        id={id}
        inputMode="decimal"
        className="tuner-amount"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onBlur={send}
        onKeyDown={(event) => {
          if (event.key === 'Enter') send();
        }}
      />
    </div>
  );
}
