import { Plus, X } from 'lucide-react';
import { useId, useState } from 'react';
import type { ReactNode } from 'react';
import { POLICY_KINDS } from '../../../../shared/model/policy.ts';
import { useSeenValues } from '../../../data/seen-values.ts';
import { Button, IconButton } from '../../../ui/button.tsx';
import { Choice, TextField } from '../../../ui/fields.tsx';
import { MenuButton } from '../../../ui/menu.tsx';
import { words } from '../../../words/index.ts';
import { listText, readAmount, readList, sameValue, valueText } from './form-value.ts';
import { MATCH, POLICY, wordsFor } from './vocabulary.ts';
import type { Word } from './vocabulary.ts';
import './policy-form.css';

const say = words.policies.edit;
/** More alternatives than this are a list to open. */
const SIDE_BY_SIDE = 3;

type Item = Readonly<Record<string, unknown>>;
export type SetField = (path: readonly string[], value: unknown) => void;

/** One policy in fields. Every change is made in the text at once; what a line cannot hold is left to the text. */
export function PolicyForm({ item, onSet }: { item: Item; onSet: SetField }): ReactNode {
  const kind = POLICY_KINDS.find((one) => one === item['kind']) ?? null;
  const settings = asMap(item['settings']);
  const field = (word: Word, path: readonly string[], value: unknown): ReactNode => (
    <Field key={path.join('.')} word={word} value={value} onChange={(to) => onSet(path, to)} />
  );
  const own = (...keys: string[]): ReactNode =>
    POLICY.filter(({ key }) => keys.includes(key)).map((word) => field(word, [word.key], item[word.key]));
  return (
    <form className="policy-form" aria-label={say.form} onSubmit={(event) => event.preventDefault()}>
      <fieldset>
        <legend>{say.section.what}</legend>
        {own('id', 'kind', 'mode')}
      </fieldset>
      <MatchPart match={asMap(item['match'])} when={item['when']} onSet={onSet} />
      <fieldset>
        <legend>{say.section.settings}</legend>
        {kind && wordsFor(kind, settings).map((word) => field(word, ['settings', word.key], settings[word.key]))}
      </fieldset>
      <fieldset>
        <legend>{say.section.who}</legend>
        {own('owner', 'reason', 'expires', 'onFault')}
      </fieldset>
    </form>
  );
}

function MatchPart({ match, when, onSet }: { match: Item; when: unknown; onSet: SetField }): ReactNode {
  const [added, setAdded] = useState<readonly string[]>([]);
  const there = MATCH.filter(({ key, takes }) => takes === 'list' && (match[key] !== undefined || added.includes(key)));
  const deep = MATCH.filter(({ key, takes }) => takes === 'deep' && match[key] !== undefined);
  const free = MATCH.filter(({ key, takes }) => takes === 'list' && !there.some((one) => one.key === key));
  const condition: Word = { key: 'when', takes: 'text' };
  const inside = match['when'] !== undefined;
  return (
    <fieldset>
      <legend>{say.section.match}</legend>
      {there.length === 0 && deep.length === 0 && <p className="dim policy-form-all">{say.matchAll}</p>}
      {there.map((word) => (
        <Field
          key={word.key}
          word={word}
          value={match[word.key]}
          hint={say.matchHint}
          onChange={(value) => onSet(['match', word.key], oneOrMore(value))}
          onRemove={() => {
            setAdded(added.filter((key) => key !== word.key));
            onSet(['match', word.key], undefined);
          }}
        />
      ))}
      {deep.map((word) => (
        <Field key={word.key} word={word} value={match[word.key]} onChange={() => {}} />
      ))}
      <Field
        word={condition}
        value={inside ? match['when'] : when}
        hint={say.whenHint}
        onChange={(value) => onSet(inside ? ['match', 'when'] : ['when'], value)}
      />
      <MenuButton
        trigger={
          <Button look="quiet" icon={Plus} className="policy-form-add">
            {say.addMatch}
          </Button>
        }
        entries={free.map(({ key }) => ({
          title: (
            <span>
              {words.policyFields.of(key).label} <span className="dim">{words.policyFields.of(key).says}</span>
            </span>
          ),
          run: () => setAdded([...added, key]),
        }))}
      />
    </fieldset>
  );
}

function Field({
  word: { key, takes, values, seen, named },
  value,
  hint,
  onChange,
  onRemove,
}: {
  word: Word;
  value: unknown;
  hint?: string;
  onChange: (value: unknown) => void;
  onRemove?: () => void;
}): ReactNode {
  const id = useId();
  const { label, says } = words.policyFields.of(named ?? key);
  const written = typeof value === 'object' && value !== null && !(takes === 'list' && isPlainList(value));
  if (takes === 'deep' && value === undefined) return null;
  return (
    <div className="policy-field">
      <label htmlFor={id} title={says}>
        {label}
      </label>
      {written || takes === 'deep' ? (
        <code id={id} className="policy-field-deep" title={say.writtenByHand}>
          {valueText(value)}
        </code>
      ) : takes === 'flag' ? (
        <input
          id={id}
          type="checkbox"
          checked={value === true}
          onChange={(event) => onChange(event.target.checked ? true : undefined)}
        />
      ) : takes === 'choice' && values && values.length <= SIDE_BY_SIDE ? (
        <span id={id}>
          <Choice
            label={label}
            value={valueText(value)}
            options={values.map((one) => ({ value: one, title: one }))}
            onChange={(next) => onChange(next === valueText(value) && key !== 'mode' ? undefined : next)}
          />
        </span>
      ) : takes === 'choice' && values ? (
        <select
          id={id}
          value={valueText(value)}
          title={says}
          onChange={(event) => onChange(event.target.value || undefined)}
        >
          {!values.includes(valueText(value)) && (
            <option value={valueText(value)}>{valueText(value) || say.notSaid}</option>
          )}
          {values.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
      ) : (
        <Typed
          id={id}
          takes={takes}
          value={value}
          values={values}
          seen={seen}
          hint={hint ?? says}
          onChange={onChange}
        />
      )}
      {onRemove && <IconButton icon={X} label={say.removeMatch(label)} onClick={onRemove} />}
    </div>
  );
}

/** A value that is typed. What is typed stays as it is typed for as long as it means what the text says. */
function Typed({
  id,
  takes,
  value,
  values,
  seen,
  hint,
  onChange,
}: {
  id: string;
  takes: Word['takes'];
  value: unknown;
  values: readonly string[] | undefined;
  seen: Word['seen'];
  hint: string;
  onChange: (value: unknown) => void;
}): ReactNode {
  const [typed, setTyped] = useState<string | null>(null);
  const [near, setNear] = useState(false);
  const found = useSeenValues(near ? (seen ?? null) : null);
  const read = takes === 'list' ? readList : takes === 'amount' ? readAmount : readText;
  const text = takes === 'list' ? listText(value) : valueText(value);
  const shown =
    typed !== null && sameValue(read(typed), takes === 'list' ? readList(listText(value)) : value) ? typed : text;
  const offered = [...new Set([...(values ?? []), ...found])];
  return (
    <>
      <TextField
        id={id}
        value={shown}
        placeholder={hint}
        list={offered.length > 0 ? `${id}-values` : undefined}
        onFocus={() => setNear(true)}
        onBlur={() => setTyped(null)}
        onChange={(event) => {
          setTyped(event.target.value);
          onChange(read(event.target.value));
        }}
      />
      {offered.length > 0 && (
        <datalist id={`${id}-values`}>
          {offered.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </datalist>
      )}
    </>
  );
}

const readText = (text: string): unknown => (text === '' ? undefined : text);

function asMap(value: unknown): Item {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Item) : {};
}

function isPlainList(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one !== 'object');
}

/** One pattern is written as itself, several as a list. */
function oneOrMore(value: unknown): unknown {
  return Array.isArray(value) && value.length === 1 ? (value as unknown[])[0] : value;
}
