import { useState } from 'react';
import { splitFilter } from '../../../shared/query/parts.ts';
import { fieldNamed, FIELDS, OTHER_NAMES } from '../../../shared/query/fields.ts';
import type { QueryError } from '../../../shared/query/parse.ts';
import { readFilter } from './filter-text.ts';

export interface FilterBarState {
  parts: readonly string[];
  draft: string;
  /** What is wrong with the draft, its place counted in the draft. */
  error: QueryError | null;
  /** Types on; a draft that is a word already counts. */
  type: (draft: string) => void;
  /** Makes chips of the draft; false when it cannot be read. */
  accept: (draft?: string) => boolean;
  remove: (index: number) => void;
  clear: () => void;
  /** Takes a chip back into the text. */
  edit: (index: number) => void;
  replaceAll: (text: string) => void;
  undo: () => void;
}

const join = (parts: readonly string[], draft: string): string => [...parts, draft.trim()].join(' ').trim();

/**
 * The state of the filter bar over the filter in the address, which is the truth: accepted parts as chips, and what is
 * being typed. A change from elsewhere (a cell's menu, a link) makes chips of all of it.
 */
export function useFilterBar(text: string, onText: (text: string, accepted: boolean) => void): FilterBarState {
  const [state, setState] = useState(() => ({ of: text, parts: splitFilter(text), draft: '', past: [] as string[] }));
  let now = state;
  if (state.of !== text) {
    now = { of: text, parts: splitFilter(text), draft: '', past: [...state.past, state.of].slice(-100) };
    setState(now);
  }
  const { parts, draft, past } = now;

  function put(next: readonly string[], typed: string, sent: string, accepted: boolean): void {
    setState({
      of: sent,
      parts: [...next],
      draft: typed,
      past: accepted && sent !== text ? [...past, text].slice(-100) : past,
    });
    if (sent !== text) onText(sent, accepted);
  }

  /** A word counts while it is typed; names, comparisons and what cannot be read wait until they are accepted. */
  function countsAlready(typed: string): boolean {
    const trimmed = typed.trim();
    if (trimmed.length < 2 || readFilter(join(parts, trimmed)) !== null) return false;
    const [, name = '', colon = ''] = /^-?([a-z.-]*)(:?)/i.exec(trimmed) ?? [];
    if (colon === ':') {
      const value = fieldNamed(name)?.value;
      return value?.type === 'text' && value.match === 'part';
    }
    return !/^(no?|not|or|an?d?)$/i.test(trimmed) && !beginsName(trimmed.replace(/^-/, ''));
  }

  const prefix = parts.length === 0 ? 0 : parts.join(' ').length + 1;
  const fault = draft.trim() === '' ? null : readFilter(`${parts.length === 0 ? '' : `${parts.join(' ')} `}${draft}`);
  const error = fault && {
    ...fault,
    start: Math.max(0, Math.min(draft.length, fault.start - prefix)),
    end: Math.max(0, Math.min(draft.length, fault.end - prefix)),
  };

  return {
    parts,
    draft,
    error,
    type(typed) {
      put(parts, typed, countsAlready(typed) ? join(parts, typed) : join(parts, ''), false);
    },
    accept(typed = draft) {
      const whole = join(parts, typed);
      if (readFilter(whole) !== null) {
        put(parts, typed, join(parts, ''), false);
        return false;
      }
      setState({ of: whole, parts: splitFilter(whole), draft: '', past: [...past, join(parts, '')].slice(-100) });
      onText(whole, true);
      return true;
    },
    remove(index) {
      const left = parts.filter((_part, at) => at !== index);
      put(left, draft, join(left, ''), true);
    },
    clear: () => put([], '', '', true),
    edit(index) {
      const left = parts.filter((_part, at) => at !== index);
      const back = parts[index] ?? '';
      put(left, draft.trim() === '' ? back : `${back} ${draft}`, join(left, ''), false);
    },
    replaceAll: (whole) => put(splitFilter(whole), '', whole.trim(), true),
    undo() {
      const before = past.at(-1);
      if (before === undefined) return;
      setState({ of: before, parts: splitFilter(before), draft: '', past: past.slice(0, -1) });
      onText(before, false);
    },
  };
}

/** Whether a field's name may be on its way. */
function beginsName(typed: string): boolean {
  const word = typed.toLowerCase();
  return [...FIELDS.map(({ name }) => name), 'header.', ...Object.keys(OTHER_NAMES)].some((name) =>
    name.startsWith(word),
  );
}
