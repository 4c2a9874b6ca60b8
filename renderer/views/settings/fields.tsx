import { Plus, RotateCcw, X } from 'lucide-react';
import { useId, useState } from 'react';
import type { ReactNode } from 'react';
import { Button, IconButton } from '../../ui/button.tsx';
import { TextField } from '../../ui/fields.tsx';
import { words } from '../../words/index.ts';
import { readEntries } from './read-input.ts';
import type { SettingsUse } from './use-settings.ts';
import { valueAt } from './use-settings.ts';

const says = words.settings;

/** A title with its explanation on the left, the control on the right, and what is wrong below it. */
export function Row({
  title,
  explains,
  id,
  note,
  problem,
  reset,
  children,
}: {
  title: string;
  explains?: ReactNode;
  /** Of the control, for the label and the explanation. */
  id?: string;
  note?: string | null;
  problem?: string | null;
  reset?: ReactNode;
  children: ReactNode;
}): ReactNode {
  return (
    <div className="setting">
      <div className="setting-says">
        {id === undefined ? <h3>{title}</h3> : <label htmlFor={id}>{title}</label>}
        {explains !== undefined && (
          <p className="dim" id={id && `${id}-says`}>
            {explains}
          </p>
        )}
      </div>
      <div className="setting-control">
        <div className="setting-value">
          {children}
          {reset}
        </div>
        {problem !== null && problem !== undefined && (
          <p className="setting-problem" role="alert" id={id && `${id}-problem`}>
            {problem}
          </p>
        )}
        {note !== null && note !== undefined && <p className="setting-note">{note}</p>}
      </div>
    </div>
  );
}

/** What every field of the engine's settings knows of its path. */
function useField(
  use: SettingsUse,
  path: string,
): {
  value: unknown;
  usual: unknown;
  fixed: boolean;
  note: string | null;
} {
  const { answer } = use;
  if (!answer) return { value: undefined, usual: undefined, fixed: true, note: null };
  const fixed = answer.fixed.includes(path);
  return {
    value: valueAt(answer.settings, path),
    usual: valueAt(answer.defaults, path),
    fixed,
    note: fixed ? says.fixed : answer.restart.includes(path) ? says.restart : null,
  };
}

/** One line of text that stands for a value: read when it is left or Enter is pressed, checked as it is typed. */
export function TypedField<Value>({
  use,
  path,
  title,
  explains,
  read,
  write,
  bad,
  unit,
  placeholder,
}: {
  use: SettingsUse;
  path: string;
  title: string;
  explains: string;
  /** Undefined: the text stands for no value. */
  read: (text: string) => Value | undefined;
  write: (value: Value) => string;
  bad: string;
  unit?: string;
  placeholder?: string;
}): ReactNode {
  const id = useId();
  const { value, usual, fixed, note } = useField(use, path);
  const shown = value === undefined ? '' : write(value as Value);
  const [text, setText] = useState(shown);
  const [refused, setRefused] = useState<string | null>(null);
  // Another value came (an undo, another window): it takes the place of what was typed.
  const [seen, setSeen] = useState(shown);
  if (seen !== shown) {
    setSeen(shown);
    setText(shown);
  }
  const unread = read(text) === undefined;
  const problem = refused ?? (unread && text !== shown ? bad : null);

  async function save(next: Value | undefined): Promise<void> {
    if (next === undefined) return;
    setRefused(await use.set(path, next, title));
  }

  const isUsual = JSON.stringify(value) === JSON.stringify(usual);
  const usualText = usual === undefined ? '' : write(usual as Value);
  return (
    <Row
      title={title}
      explains={explains}
      id={id}
      note={note}
      problem={problem}
      reset={
        !isUsual &&
        !fixed && (
          <IconButton
            icon={RotateCcw}
            label={says.reset(
              usualText === '' ? (placeholder ?? says.none) : unit ? `${usualText} ${unit}` : usualText,
            )}
            onClick={() => void save(usual as Value)}
          />
        )
      }
    >
      <TextField
        id={id}
        className="setting-text"
        value={text}
        disabled={fixed}
        placeholder={placeholder}
        aria-describedby={`${id}-says`}
        problem={problem}
        onChange={(event) => {
          setText(event.target.value);
          setRefused(null);
        }}
        onBlur={() => {
          if (!unread) void save(read(text));
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') void save(read(text));
          else if (event.key === 'Escape') {
            setText(shown);
            setRefused(null);
          } else return;
          event.preventDefault();
          event.stopPropagation();
        }}
      />
      {unit !== undefined && <span className="dim">{unit}</span>}
    </Row>
  );
}

/** A list of short entries; several can be pasted at once. */
export function ListField({
  use,
  path,
  title,
  explains,
  placeholder,
  read = readEntries,
}: {
  use: SettingsUse;
  path: string;
  title: string;
  explains: string;
  placeholder: string;
  /** The entries of what was typed. */
  read?: (text: string) => string[];
}): ReactNode {
  const id = useId();
  const { value, fixed, note } = useField(use, path);
  const entries = (value as readonly string[] | undefined) ?? [];
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<string | null>(null);

  /** What is set but cannot be used as things are. */
  const problemOf = (index: number): string | undefined =>
    use.answer?.problems.find((one) => one.path === `${path}.${index}`)?.says;

  async function add(): Promise<void> {
    const typed = read(text);
    const twice = typed.find((entry) => entries.includes(entry));
    if (typed.length === 0) return;
    if (twice !== undefined) {
      setProblem(says.list.twice(twice));
      return;
    }
    const wrong = await use.set(path, [...entries, ...typed], title);
    setProblem(wrong);
    if (wrong === null) setText('');
  }

  return (
    <Row title={title} explains={explains} id={id} note={note} problem={problem}>
      <div className="setting-list">
        {!fixed && (
          <div className="setting-add">
            <TextField
              id={id}
              value={text}
              placeholder={placeholder}
              aria-describedby={`${id}-says`}
              problem={problem}
              onChange={(event) => {
                setText(event.target.value);
                setProblem(null);
              }}
              onKeyDown={(event) => {
                if (event.key !== 'Enter') return;
                event.preventDefault();
                void add();
              }}
            />
            <Button icon={Plus} disabled={text.trim() === ''} onClick={() => void add()}>
              {says.list.add}
            </Button>
          </div>
        )}
        <ul aria-label={says.list.entries(title)}>
          {entries.map((entry, index) => (
            <li key={entry}>
              <code className="ellipsis">{entry}</code>
              {!fixed && (
                <IconButton
                  icon={X}
                  label={says.list.remove(entry)}
                  onClick={() =>
                    void use
                      .set(
                        path,
                        entries.filter((one) => one !== entry),
                        title,
                      )
                      .then(setProblem)
                  }
                />
              )}
              {problemOf(index) !== undefined && (
                <p className="setting-problem" role="alert">
                  {problemOf(index)}
                </p>
              )}
            </li>
          ))}
        </ul>
      </div>
    </Row>
  );
}
