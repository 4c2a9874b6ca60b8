import { useEffect, useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../client/api-context.ts';
import { useOffers } from '../data/actions.ts';
import { goTo } from '../data/location.ts';
import { useSavedFilters } from '../data/saved-filters.ts';
import { Dialog as Base } from '@base-ui/react/dialog';
import { Keys } from '../ui/keys.tsx';
import { words } from '../words/index.ts';
import { rank } from './rank.ts';
import { PLACES } from './views.ts';
import './palette.css';

interface Line {
  id: string;
  group: string;
  title: string;
  more?: string;
  keys?: string;
  run: () => void;
}

const SHOWN_CALLS = 6;

/** Finds views, actions, saved filters and calls by what they are called. */
export function Palette({ open, onClose }: { open: boolean; onClose: () => void }): ReactNode {
  return (
    <Base.Root open={open} onOpenChange={(next: boolean) => next || onClose()}>
      <Base.Portal>
        <Base.Backdrop className="dialog-backdrop" />
        <Base.Popup className="palette" aria-label={words.frame.palette}>
          <Finder onClose={onClose} />
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

function Finder({ onClose }: { onClose: () => void }): ReactNode {
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const lines = useLines(text);
  const current = lines[Math.min(at, lines.length - 1)];

  useEffect(() => {
    if (current) document.getElementById(`palette-${current.id}`)?.scrollIntoView({ block: 'nearest' });
  }, [current]);

  function choose(line: Line | undefined): void {
    if (!line) return;
    onClose();
    line.run();
  }

  return (
    <>
      <input
        className="palette-input"
        role="combobox"
        aria-expanded
        aria-controls="palette-lines"
        aria-activedescendant={current ? `palette-${current.id}` : undefined}
        aria-label={words.frame.palette}
        placeholder={words.frame.paletteHint}
        autoFocus
        spellCheck={false}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown')
            setAt((was) => (Math.min(was, lines.length - 1) + 1) % Math.max(1, lines.length));
          else if (event.key === 'ArrowUp')
            setAt((was) => (Math.min(was, lines.length - 1) + lines.length - 1) % Math.max(1, lines.length));
          else if (event.key === 'Enter') choose(current);
          else return;
          event.preventDefault();
        }}
      />
      <div id="palette-lines" role="listbox" aria-label={words.frame.palette} className="palette-lines">
        {lines.map((line, index) => (
          <div key={line.id} role="presentation">
            {line.group !== lines[index - 1]?.group && <div className="menu-label">{line.group}</div>}
            {/* Chosen with the keyboard through the field above. */}
            <div
              id={`palette-${line.id}`}
              role="option"
              tabIndex={-1}
              aria-selected={line === current}
              className="palette-line"
              onPointerMove={() => setAt(index)}
              onClick={() => choose(line)}
              onKeyDown={() => {}}
            >
              <span className="ellipsis">{line.title}</span>
              {line.more !== undefined && <span className="dim ellipsis palette-more">{line.more}</span>}
              {line.keys !== undefined && <Keys of={line.keys} />}
            </div>
          </div>
        ))}
      </div>
    </>
  );
}

function useLines(text: string): Line[] {
  const api = useApi();
  const offers = useOffers();
  const { saved } = useSavedFilters();
  const asked = text.trim();
  const { data: found } = useQuery({
    queryKey: ['palette', asked],
    queryFn: ({ signal }) => api.calls.list({ query: asked, limit: SHOWN_CALLS }, { signal }),
    enabled: asked.length >= 2,
    placeholderData: (before) => before,
  });
  const calls = asked.length >= 2 ? found?.calls : undefined;

  return useMemo(() => {
    const named: Line[] = [
      ...PLACES.map(({ id, title }, index) => ({
        id: `view-${id}`,
        group: words.frame.group.views,
        title,
        keys: id === 'settings' ? 'mod+,' : `mod+${index + 1}`,
        run: () => goTo(id),
      })),
      ...offers.flatMap(({ actions }) =>
        actions
          .filter(({ quiet }) => quiet !== true)
          .map(({ id, title, keys, run }) => ({
            id: `action-${id}`,
            group: words.frame.group.actions,
            title,
            ...(keys?.[0] !== undefined && { keys: keys[0] }),
            run,
          })),
      ),
      ...saved.map(({ name, query }) => ({
        id: `filter-${name}`,
        group: words.frame.group.filters,
        title: name,
        more: query,
        run: () => goTo('traffic', { filter: query }),
      })),
    ];
    const hits: Line[] = (calls ?? []).map((call) => ({
      id: `call-${call.id}`,
      group: words.frame.group.calls,
      title: `${call.method} ${call.host}${call.path}`,
      more: String(call.status ?? call.failure ?? ''),
      run: () => goTo('traffic', { filter: asked, call: String(call.id) }),
    }));
    const all = asked === '' ? named : [...rank(named, asked, ({ title, more }) => `${title} ${more ?? ''}`), ...hits];
    if (asked !== '') {
      all.push({
        id: 'search',
        group: words.frame.group.calls,
        title: words.frame.searchCalls(asked),
        run: () => goTo('traffic', { filter: asked }),
      });
    }
    return all;
  }, [asked, offers, saved, calls]);
}
