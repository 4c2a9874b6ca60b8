import { Star, X } from 'lucide-react';
import { useId, useImperativeHandle, useRef, useState } from 'react';
import type { KeyboardEvent, ReactNode, Ref } from 'react';
import { useFilterHistory } from '../../data/filter-history.ts';
import { useSavedFilters } from '../../data/saved-filters.ts';
import { useSeenValues } from '../../data/seen-values.ts';
import { complete } from '../../../shared/query/complete.ts';
import { IconButton } from '../../ui/button.tsx';
import { Keys } from '../../ui/keys.tsx';
import { Tip } from '../../ui/tip.tsx';
import { words } from '../../words/index.ts';
import { Ask } from './ask.tsx';
import { FilterChip } from './filter-chip.tsx';
import { Suggestions } from './suggestions.tsx';
import type { Line } from './suggestions.tsx';
import { readFilter } from './filter-text.ts';
import { useFilterBar } from './use-filter-bar.ts';
import './filter-bar.css';

const { filterBar: says } = words;
const SHOWN_RECENT = 8;

export interface FilterHandle {
  focus: () => void;
  clear: () => void;
}

/** The filter: chips for what is accepted, and a text with completion for what is being typed. */
export function FilterBar({
  ref,
  text,
  onText,
  counter,
  onLeave,
}: {
  ref?: Ref<FilterHandle>;
  text: string;
  onText: (text: string) => void;
  counter: { matched: number; total: number | null; done: boolean } | null;
  /** Esc with nothing to undo, or down out of the bar. */
  onLeave: () => void;
}): ReactNode {
  const { recent, remember } = useFilterHistory();
  const { saved, save, forget } = useSavedFilters();
  const bar = useFilterBar(text, (next, accepted) => {
    onText(next);
    if (accepted) remember(next);
  });
  const { parts, draft, error } = bar;
  const input = useRef<HTMLInputElement>(null);
  const chips = useRef<HTMLDivElement>(null);
  const mirror = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  const [caret, setCaret] = useState(0);
  const [complained, setComplained] = useState(false);
  const [all, setAll] = useState(false);
  const [naming, setNaming] = useState(false);
  const list = useId();

  const aboutField = complete(draft, caret, () => []).field;
  const seen = useSeenValues(open ? (aboutField?.name ?? null) : null);
  const completion = complete(draft, caret, () => seen);
  const lines = open ? linesFor() : [];
  const current = at >= 0 ? lines[at] : undefined;
  const wrong =
    error && (complained || error.end < draft.trimEnd().length || (open && lines.length === 0)) ? error : null;
  const isSaved = saved.find(({ query }) => query === text);

  useImperativeHandle(ref, () => ({
    focus() {
      input.current?.focus();
      input.current?.select();
      setOpen(true);
    },
    clear: bar.clear,
  }));

  function linesFor(): Line[] {
    const typed = draft.trim() !== '';
    const completions: Line[] =
      typed || parts.length > 0 || recent.length === 0
        ? completion.suggestions.map((one) => ({
            key: `${one.kind} ${one.insert}`,
            group: says.group[one.kind],
            title: one.title,
            says: one.says,
            run: () => put(one.insert, one.kind === 'value'),
          }))
        : [];
    const whole = (group: string, query: string, title: string): Line => ({
      key: `${group} ${title}`,
      group,
      title,
      says: title === query ? '' : query,
      run: () => {
        bar.replaceAll(query);
        close();
      },
    });
    if (typed) return completions;
    return [
      ...saved.map(({ name, query }) => whole(says.group.saved, query, name)),
      ...recent
        .filter((query) => query !== text)
        .slice(0, SHOWN_RECENT)
        .map((query) => whole(says.group.recent, query, query)),
      ...completion.suggestions
        .filter(({ kind }) => kind === 'field')
        .map((one) => ({
          key: `field ${one.insert}`,
          group: says.group.field,
          title: one.title,
          says: one.says,
          run: () => put(one.insert, false),
        })),
    ];
  }

  function close(): void {
    setOpen(false);
    setAt(-1);
  }

  /** Puts a suggestion in. A value completes the part, a name goes on. */
  function put(insert: string, completes: boolean): void {
    const next = draft.slice(0, completion.start) + insert + draft.slice(completion.end);
    const to = completion.start + insert.length;
    setAt(-1);
    if (completes && to === next.length && bar.accept(next)) return setCaret(0);
    bar.type(next);
    setCaret(to);
    setOpen(true);
    requestAnimationFrame(() => input.current?.setSelectionRange(to, to));
  }

  function accept(): void {
    if (draft.trim() === '') return close();
    if (bar.accept()) {
      setCaret(0);
      close();
    } else setComplained(true);
  }

  function toChip(index: number): void {
    chips.current?.querySelectorAll<HTMLElement>('.chip-text')[index]?.focus();
  }

  function onKeyDown(event: KeyboardEvent<HTMLInputElement>): void {
    const { key } = event;
    const mod = event.ctrlKey || event.metaKey;
    const { selectionStart, selectionEnd } = event.currentTarget;
    const atStart = selectionStart === 0 && selectionEnd === 0;
    const choose = (step: number): void => {
      if (!open) return setOpen(true);
      setAt((was) => ((was + step + lines.length + 2) % (lines.length + 1)) - 1);
    };
    if (all && (key === 'Backspace' || key === 'Delete')) bar.clear();
    else if (mod && key === 'a' && draft === '' && parts.length > 0) {
      setAll(true);
      event.preventDefault();
      return;
    } else if (mod && key === 'z' && draft === '') bar.undo();
    else if (key === 'ArrowDown') choose(1);
    else if (key === 'ArrowUp') choose(-1);
    else if (key === 'Enter') {
      if (current) current.run();
      else accept();
    } else if (key === 'Tab' && !event.shiftKey && draft !== '' && (current ?? lines[0])) (current ?? lines[0])?.run();
    else if (
      key === ' ' &&
      caret === draft.length &&
      draft.trim() !== '' &&
      error === null &&
      !/^(or|and|not)$/i.test(draft.trim())
    )
      bar.accept();
    else if (key === 'Escape') {
      if (open && lines.length > 0 && draft !== '') close();
      else if (draft !== '') bar.type('');
      else {
        close();
        onLeave();
      }
    } else if ((key === 'Backspace' || key === 'ArrowLeft') && atStart && parts.length > 0 && !mod)
      toChip(parts.length - 1);
    else {
      if (!['Control', 'Meta', 'Shift', 'Alt'].includes(key) && !mod) setAll(false);
      return;
    }
    if (key !== 'ArrowDown') setAll(false);
    event.preventDefault();
    event.stopPropagation();
  }

  function onChipKey(event: KeyboardEvent, index: number): void {
    const { key } = event;
    if (key === 'ArrowLeft') toChip(Math.max(0, index - 1));
    else if (key === 'ArrowRight' || key === 'Escape')
      if (key === 'ArrowRight' && index + 1 < parts.length) toChip(index + 1);
      else input.current?.focus();
    else if (key === 'Backspace' || key === 'Delete') {
      bar.remove(index);
      requestAnimationFrame(() => (parts.length > 1 && index > 0 ? toChip(index - 1) : input.current?.focus()));
    } else if (key === 'Enter' || key === 'F2') edit(index);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  function edit(index: number): void {
    const length = parts[index]?.length ?? 0;
    bar.edit(index);
    setCaret(length);
    requestAnimationFrame(() => {
      input.current?.focus();
      input.current?.setSelectionRange(length, length);
    });
  }

  return (
    // Leaving the bar as a whole is no event of a field.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      className="filter"
      role="search"
      aria-label={says.label}
      onBlur={(event) => {
        if (event.currentTarget.contains(event.relatedTarget)) return;
        close();
        setAll(false);
        if (draft.trim() !== '' && !bar.accept()) setComplained(true);
      }}
    >
      <div ref={chips} className="filter-chips" role="group" aria-label={says.chips} data-all={all || undefined}>
        {parts.map((part, index) => (
          <FilterChip
            key={`${index} ${part}`}
            part={part}
            onEdit={() => edit(index)}
            onRemove={() => {
              bar.remove(index);
              input.current?.focus();
            }}
            onKeyDown={(event) => onChipKey(event, index)}
            onCopy={() => void navigator.clipboard.writeText(part)}
          />
        ))}
        <div className="filter-text">
          <div ref={mirror} className="filter-mirror" aria-hidden>
            {wrong ? (
              <>
                {draft.slice(0, wrong.start)}
                <mark>{draft.slice(wrong.start, Math.max(wrong.end, wrong.start + 1)) || ' '}</mark>
              </>
            ) : null}
          </div>
          <input
            ref={input}
            className="filter-input"
            role="combobox"
            aria-label={says.label}
            aria-expanded={open && lines.length > 0}
            aria-controls={list}
            aria-autocomplete="list"
            aria-activedescendant={current ? `${list}-${at}` : undefined}
            aria-invalid={wrong !== null}
            aria-errormessage={wrong ? `${list}-wrong` : undefined}
            placeholder={parts.length === 0 ? says.placeholder : says.placeholderMore}
            spellCheck={false}
            autoComplete="off"
            autoCapitalize="off"
            value={draft}
            onChange={(event) => {
              bar.type(event.target.value);
              setCaret(event.target.selectionStart ?? event.target.value.length);
              setComplained(false);
              setOpen(true);
              setAt(-1);
            }}
            onSelect={(event) => setCaret(event.currentTarget.selectionStart ?? 0)}
            onScroll={(event) => {
              if (mirror.current) mirror.current.scrollLeft = event.currentTarget.scrollLeft;
            }}
            onPointerDown={() => setOpen(true)}
            onKeyDown={onKeyDown}
            onCopy={(event) => {
              if (!all) return;
              event.clipboardData.setData('text/plain', text);
              event.preventDefault();
            }}
            onCut={(event) => {
              if (!all) return;
              event.clipboardData.setData('text/plain', text);
              event.preventDefault();
              bar.clear();
            }}
            onPaste={(event) => {
              const pasted = event.clipboardData.getData('text/plain').replace(/\s+/g, ' ').trim();
              if (draft !== '' && !all) return;
              if (pasted === '' || readFilter(pasted) !== null) return;
              event.preventDefault();
              if (all) bar.replaceAll(pasted);
              else bar.accept(pasted);
              setAll(false);
            }}
          />
        </div>
      </div>
      {counter && (
        <Tip text={says.counterTip}>
          <span className="filter-counter" role="status">
            {says.counter(counter.matched, counter.total, counter.done)}
          </span>
        </Tip>
      )}
      {text !== '' && (
        <>
          <IconButton
            icon={Star}
            className={isSaved ? 'filter-saved' : ''}
            label={isSaved ? says.unsave(isSaved.name) : says.save}
            pressed={isSaved !== undefined}
            onClick={() => (isSaved ? forget(isSaved.name) : setNaming(true))}
          />
          <IconButton icon={X} label={says.clear} onClick={bar.clear} />
        </>
      )}
      {text === '' && draft === '' && <Keys of="/" />}
      <Suggestions
        id={list}
        lines={lines}
        at={at}
        onAt={setAt}
        wrong={wrong}
        onInstead={(instead) => {
          if (!wrong) return;
          bar.type(draft.slice(0, wrong.start) + instead + draft.slice(wrong.end));
          setComplained(false);
          input.current?.focus();
        }}
      />
      <Ask
        open={naming}
        title={says.saveTitle}
        says={says.saveSays}
        label={says.saveLabel}
        action={says.saveAction}
        problem={(name) => (name.trim() === '' ? says.saveNeedsName : null)}
        onAnswer={(name) => {
          setNaming(false);
          if (name !== null) save({ name: name.trim(), query: text });
        }}
      />
    </div>
  );
}
