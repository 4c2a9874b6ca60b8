import { useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import { Search } from 'lucide-react';
import type { Header } from '../../shared/model/call.ts';
import { headerNote } from '../../shared/payload/header-notes.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { TextField } from '../ui/fields.tsx';
import { Tip } from '../ui/tip.tsx';
import { words } from '../words/index.ts';
import { Valued } from './valued.tsx';
import './header-list.css';

const say = words.inspect.headers;
/** A longer value is shown in part, until it is asked for. */
const LONG = 600;

/** Headers as received (case, order, duplicates), names in one column, with a search. */
export function HeaderList({ headers, label }: { headers: readonly Header[]; label: string }): ReactNode {
  const [text, setText] = useState('');
  const counts = useMemo(() => {
    const found = new Map<string, number>();
    for (const [name] of headers) found.set(name.toLowerCase(), (found.get(name.toLowerCase()) ?? 0) + 1);
    return found;
  }, [headers]);
  const sought = text.trim().toLowerCase();
  const shown = headers
    .map((header, index) => ({ header, index }))
    .filter(({ header: [name, value] }) => sought === '' || `${name}: ${value}`.toLowerCase().includes(sought));

  if (headers.length === 0) return <p className="call-page dim">{say.none}</p>;
  return (
    <section className="headers" aria-label={label}>
      <div className="headers-bar">
        <Search size={14} aria-hidden className="headers-search" />
        <TextField
          type="search"
          className="headers-field"
          value={text}
          placeholder={say.search}
          aria-label={say.search}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Escape' || text === '') return;
            event.stopPropagation();
            setText('');
          }}
        />
        <CopyButton
          label={say.copyAll}
          text={() => headers.map(([name, value]) => `${name}: ${value}`).join('\r\n') + '\r\n'}
        />
      </div>
      {shown.length === 0 && <p className="headers-nothing dim">{say.noMatch(text.trim())}</p>}
      <dl className="headers-list">
        {shown.map(({ header: [name, value], index }) => (
          <div key={index} className="headers-line">
            <dt>
              <Name name={name} sought={sought} />
              {(counts.get(name.toLowerCase()) ?? 0) > 1 && (
                <Tip text={say.duplicate}>
                  <span className="unit" tabIndex={-1}>
                    {' '}
                    ×{counts.get(name.toLowerCase())}
                  </span>
                </Tip>
              )}
            </dt>
            <dd>
              <Value value={value} sought={sought} />
            </dd>
            <dd className="headers-copy">
              <CopyButton text={value} label={say.copyOne(name)} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Name({ name, sought }: { name: string; sought: string }): ReactNode {
  const note = headerNote(name);
  const text = <Marked text={name} sought={sought} />;
  return note === null ? (
    <span>{text}</span>
  ) : (
    <Tip text={note}>
      <span className="headers-known" tabIndex={0}>
        {text}
      </span>
    </Tip>
  );
}

function Value({ value, sought }: { value: string; sought: string }): ReactNode {
  const [whole, setWhole] = useState(false);
  const long = value.length > LONG;
  const shown = long && !whole ? value.slice(0, LONG) : value;
  return (
    <>
      {sought !== '' && shown.toLowerCase().includes(sought) ? (
        <Marked text={shown} sought={sought} />
      ) : (
        <Valued value={shown} />
      )}
      {long && (
        <button type="button" className="headers-more" aria-expanded={whole} onClick={() => setWhole(!whole)}>
          {whole ? say.less : `… ${say.more(value.length)}`}
        </button>
      )}
    </>
  );
}

/** A text with what is sought in it marked. */
function Marked({ text, sought }: { text: string; sought: string }): ReactNode {
  const at = sought === '' ? -1 : text.toLowerCase().indexOf(sought);
  if (at < 0) return text;
  return (
    <>
      {text.slice(0, at)}
      <mark>{text.slice(at, at + sought.length)}</mark>
      {text.slice(at + sought.length)}
    </>
  );
}
