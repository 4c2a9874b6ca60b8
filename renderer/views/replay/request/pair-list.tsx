import { useRef } from 'react';
import type { ComponentType, ReactNode } from 'react';
import { Minus } from 'lucide-react';
import { IconButton } from '../../../ui/button.tsx';
import { TextField } from '../../../ui/fields.tsx';
import { words } from '../../../words/index.ts';

const say = words.replay.pairs;

export interface Pair {
  name: string;
  value: string;
  off: boolean;
}

export interface RowProps<Row extends Pair> {
  row: Row;
  onChange: (row: Row) => void;
}

/**
 * Names and values that can be written, switched off and pasted; the last row is empty and becomes one when something is
 * written into it. Lines of `Name: value` pasted into a name become rows.
 */
export function PairList<Row extends Pair>({
  label,
  rows,
  empty,
  problemOf = () => null,
  names,
  onChange,
  More,
}: {
  label: string;
  rows: readonly Row[];
  /** What a new row begins as. */
  empty: Row;
  problemOf?: (row: Row, index: number) => string | null;
  /** Names that are offered. */
  names?: { id: string; options: readonly string[] };
  onChange: (rows: Row[]) => void;
  /** More of a row, at its end. */
  More?: ComponentType<RowProps<Row>>;
}): ReactNode {
  const list = useRef<HTMLDivElement>(null);
  const shown = [...rows, empty];
  const change = (index: number, row: Row): void =>
    onChange(index === rows.length ? [...rows, row] : rows.map((one, at) => (at === index ? row : one)));
  const remove = (index: number): void => {
    onChange(rows.filter((_, at) => at !== index));
    list.current?.querySelectorAll<HTMLInputElement>('.pair-name')[Math.max(0, index - 1)]?.focus();
  };
  const paste = (index: number, text: string): boolean => {
    const lines = text
      .split(/\r?\n/)
      .map((line) => /^\s*([^\s:][^:]*?)\s*:\s?(.*)$/.exec(line))
      .filter((found) => found !== null);
    if (lines.length < 2) return false;
    const pasted = lines.map(([, name = '', value = '']) => ({ ...empty, name, value }));
    onChange([...rows.slice(0, index), ...pasted, ...rows.slice(index)]);
    return true;
  };
  return (
    <div className="pairs" role="group" aria-label={label} ref={list}>
      {names && (
        <datalist id={names.id}>
          {names.options.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </datalist>
      )}
      {shown.map((row, index) => {
        const isNew = index === rows.length;
        const problem = isNew ? null : problemOf(row, index);
        const named = row.name === '' ? say.row(index + 1) : row.name;
        return (
          <div key={index} className="pair" data-off={row.off} data-new={isNew}>
            <input
              type="checkbox"
              aria-label={say.isSent(named)}
              checked={!row.off}
              disabled={isNew}
              onChange={() => change(index, { ...row, off: !row.off })}
            />
            <TextField
              className="pair-name mono"
              aria-label={isNew ? say.newName : say.name(index + 1)}
              placeholder={isNew ? say.newName : ''}
              value={row.name}
              {...(names && { list: names.id })}
              onChange={(event) => change(index, { ...row, name: event.target.value })}
              onPaste={(event) => {
                if (paste(index, event.clipboardData.getData('text'))) event.preventDefault();
              }}
            />
            <TextField
              className="pair-value mono"
              aria-label={isNew ? say.newValue : say.value(named)}
              value={row.value}
              problem={problem}
              onChange={(event) => change(index, { ...row, value: event.target.value })}
            />
            {More && <More row={row} onChange={(next) => change(index, next)} />}
            {isNew ? (
              <span className="pair-gap" />
            ) : (
              <IconButton icon={Minus} label={say.remove(named)} onClick={() => remove(index)} />
            )}
            {problem !== null && <p className="pair-problem tone-server">{problem}</p>}
          </div>
        );
      })}
    </div>
  );
}
