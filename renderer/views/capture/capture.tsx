import { AppWindow, Braces, Cable, Laptop, ShieldCheck, SquareTerminal, Terminal } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import { useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../client/api-context.ts';
import { useActions } from '../../data/actions.ts';
import { changePlace, useParam } from '../../data/location.ts';
import { Empty } from '../../ui/empty.tsx';
import { TextField } from '../../ui/fields.tsx';
import { words } from '../../words/index.ts';
import { AnythingPage } from './anything-page.tsx';
import { Arrivals } from './arrivals.tsx';
import { AuthorityPage } from './authority-page.tsx';
import { WayPage } from './way-page.tsx';
import { authorityCommand, findWays, listWays } from './ways.ts';
import type { Way } from './ways.ts';
import './capture.css';

const says = words.capture;

const ICONS: Readonly<Record<Way['group'], LucideIcon>> = {
  command: Terminal,
  terminal: SquareTerminal,
  browser: AppWindow,
  snippet: Braces,
  'system-proxy': Laptop,
  anything: Cable,
  authority: ShieldCheck,
};

/** How to point programs at Sallyport. */
export default function CapturePage(): ReactNode {
  const api = useApi();
  const { data: targets, error } = useQuery({
    queryKey: ['capture.targets'],
    queryFn: async () => (await api.capture.targets()).targets,
    refetchInterval: 15_000, // something may be installed, or switched elsewhere
    structuralSharing: true,
  });
  const asked = useParam('way');
  const [typed, setTyped] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const all = listWays(targets ?? [], says);
  const found = findWays(all, typed, says.tags);
  const current = found.find(({ id }) => id === asked) ?? found[0] ?? all.find(({ id }) => id === 'anything');

  function choose(way: Way | undefined): void {
    if (way) changePlace({ way: way.id });
  }
  function step(by: number): void {
    if (!current) return;
    choose(found[(found.indexOf(current) + by + found.length) % found.length]);
  }
  useActions(words.frame.view.capture, [
    { id: 'capture.find', title: says.searchLabel, keys: ['/', 'mod+f'], run: () => field.current?.focus() },
    { id: 'capture.next', title: says.next, keys: ['j', 'arrowdown'], quiet: true, run: () => step(1) },
    { id: 'capture.previous', title: says.previous, keys: ['k', 'arrowup'], quiet: true, run: () => step(-1) },
  ]);

  if (error) return <Empty title={says.failed} says={error.message} />;
  return (
    <div className="capture">
      <aside className="capture-list">
        <div className="capture-find">
          <TextField
            ref={field}
            aria-label={says.searchLabel}
            placeholder={says.search}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === 'ArrowDown') step(1);
              else if (event.key === 'ArrowUp') step(-1);
              else if (event.key === 'Enter') choose(current);
              else if (event.key === 'Escape' && typed !== '') setTyped('');
              else if (event.key === 'Escape') event.currentTarget.blur();
              else return;
              event.preventDefault();
            }}
          />
        </div>
        <nav aria-label={says.ways}>
          {found.map((way, index) => {
            const Icon = ICONS[way.group];
            return (
              <div key={way.id}>
                {way.group !== found[index - 1]?.group && <h2>{says.kinds[way.group]}</h2>}
                <button
                  type="button"
                  className="capture-choice"
                  aria-current={way === current ? 'page' : undefined}
                  data-away={way.target?.available === false}
                  onClick={() => choose(way)}
                >
                  <Icon size={15} aria-hidden />
                  <span className="ellipsis">{way.title}</span>
                  {way.target?.on === true && <span className="capture-on">{says.on}</span>}
                  {way.target?.available === false && <span className="capture-away">{says.notHere}</span>}
                </button>
              </div>
            );
          })}
          {found.length === 0 && <p className="capture-none">{says.noWay(typed)}</p>}
        </nav>
      </aside>
      <div className="capture-right">
        <div className="capture-steps">
          {current?.target ? (
            <WayPage key={current.id} target={current.target} />
          ) : current?.id === 'anything' ? (
            <AnythingPage />
          ) : current && targets ? (
            <AuthorityPage
              install={authorityCommand(targets, 'install')}
              uninstall={authorityCommand(targets, 'uninstall')}
            />
          ) : null}
        </div>
        <Arrivals />
      </div>
    </div>
  );
}
