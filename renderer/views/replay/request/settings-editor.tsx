import type { ReactNode } from 'react';
import { DRAFT_PROTOCOLS, IDEMPOTENCY, type DraftSettings } from '../../../../shared/model/replay.ts';
import { TextField } from '../../../ui/fields.tsx';
import { words } from '../../../words/index.ts';

const say = words.replay.settings;

/** How a draft is sent: protocol, time, redirects, where to, whom to trust. */
export function SettingsEditor({
  settings,
  problemOf,
  onChange,
}: {
  settings: DraftSettings;
  problemOf: (place: string) => string | null;
  onChange: (settings: DraftSettings) => void;
}): ReactNode {
  const set = (change: Partial<DraftSettings>): void => onChange({ ...settings, ...change });
  const texts = [
    ['connectTo', '127.0.0.1:8443'],
    ['serverName', 'api.example.com'],
  ] as const;
  return (
    <div className="replay-fields">
      <Pick
        label={say.protocol}
        value={settings.protocol}
        options={DRAFT_PROTOCOLS}
        titleOf={(one) => say.protocols[one]}
        onChange={(protocol) => set({ protocol })}
      />
      <Pick
        label={say.idempotency}
        value={settings.idempotency}
        options={IDEMPOTENCY}
        titleOf={(one) => say.idempotencies[one]}
        onChange={(idempotency) => set({ idempotency })}
      />
      <Figure
        label={say.timeout}
        unit={say.seconds}
        value={settings.timeoutMs / 1000}
        most={86_400}
        onChange={(seconds) => set({ timeoutMs: Math.round(seconds * 1000) })}
      />
      <Figure
        label={say.redirects}
        unit={say.redirectsUnit}
        value={settings.redirects}
        most={20}
        onChange={(redirects) => set({ redirects: Math.round(redirects) })}
      />
      {texts.map(([key, example]) => {
        const problem = problemOf(`settings.${key}`);
        return (
          <label key={key} className="replay-field">
            <span>{say[key]}</span>
            <TextField
              className="mono"
              value={settings[key] ?? ''}
              placeholder={example}
              problem={problem}
              onChange={(event) => set({ [key]: event.target.value === '' ? null : event.target.value })}
            />
            {problem !== null && <span className="replay-problem tone-server">{problem}</span>}
          </label>
        );
      })}
      <label className="replay-field replay-field-tall">
        <span>{say.trust}</span>
        <textarea
          className="text-field mono"
          rows={4}
          value={settings.trust ?? ''}
          placeholder="-----BEGIN CERTIFICATE-----"
          spellCheck={false}
          onChange={(event) => set({ trust: event.target.value === '' ? null : event.target.value })}
        />
      </label>
    </div>
  );
}

function Pick<Value extends string>({
  label,
  value,
  options,
  titleOf,
  onChange,
}: {
  label: string;
  value: Value;
  options: readonly Value[];
  titleOf: (value: Value) => string;
  onChange: (value: Value) => void;
}): ReactNode {
  return (
    <label className="replay-field">
      <span>{label}</span>
      <select className="text-field" value={value} onChange={(event) => onChange(event.target.value as Value)}>
        {options.map((one) => (
          <option key={one} value={one}>
            {titleOf(one)}
          </option>
        ))}
      </select>
    </label>
  );
}

function Figure({
  label,
  unit,
  value,
  most,
  onChange,
}: {
  label: string;
  unit: string;
  value: number;
  most: number;
  onChange: (value: number) => void;
}): ReactNode {
  return (
    <label className="replay-field">
      <span>{label}</span>
      <span className="replay-figure">
        <TextField
          type="number"
          className="numeric"
          min={0}
          max={most}
          value={value}
          onChange={(event) => {
            const next = event.target.valueAsNumber;
            if (Number.isFinite(next)) onChange(Math.min(most, Math.max(0, next)));
          }}
        />
        <span className="unit">{unit}</span>
      </span>
    </label>
  );
}
