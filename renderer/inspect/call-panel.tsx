import { useCallback, useEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import type { Call } from '../../shared/model/call.ts';
import { useActions } from '../data/actions.ts';
import { changePlace, useParam } from '../data/location.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { Empty } from '../ui/empty.tsx';
import { Late } from '../ui/late.tsx';
import { Tabs } from '../ui/tabs.tsx';
import { words } from '../words/index.ts';
import { X } from 'lucide-react';
import { CallHead } from './call-head.tsx';
import { CALL_TABS, tabsOf } from './call-tabs.tsx';
import type { CallTabId } from './call-tabs.tsx';
import { useCall } from './use-call.ts';
import './call-panel.css';

export interface CallPanelProps {
  id: number;
  /** Left out where there is nothing to close. */
  onClose?: () => void;
  /** Shows the call on a page of its own; left out where it is on one. */
  onFull?: () => void;
}

/**
 * One call with everything that is known of it. Which part is shown is in the address (`tab`, `part`), so that it stays
 * when another call is chosen and can be linked.
 */
export function CallPanel({ id, onClose, onFull }: CallPanelProps): ReactNode {
  const { call, error } = useCall(id);
  if (call) {
    return (
      <section className="call-panel" aria-label={`${words.inspect.call} ${call.id}`} aria-busy={call.id !== id}>
        <CallHead call={call} {...(onClose && { onClose })} {...(onFull && { onFull })} />
        <Parts call={call} />
      </section>
    );
  }
  return (
    <section className="call-panel" aria-label={words.inspect.call}>
      {onClose && (
        <div className="call-panel-alone">
          <IconButton icon={X} label={words.inspect.action.close} onClick={onClose} />
        </div>
      )}
      {error ? (
        <Broken id={id} error={error} />
      ) : (
        <Late>
          <p className="call-panel-late dim">{words.inspect.loading}</p>
        </Late>
      )}
    </section>
  );
}

function Broken({ id, error }: { id: number; error: unknown }): ReactNode {
  const gone = (error as { code?: unknown }).code === 'CALL_NOT_FOUND';
  return gone ? (
    <Empty title={words.inspect.gone(id)} says={words.inspect.goneSays} />
  ) : (
    <Empty title={words.inspect.failedToRead} says={error instanceof Error ? error.message : String(error)}>
      <Button onClick={() => location.reload()}>{words.general.retry}</Button>
    </Empty>
  );
}

function Parts({ call }: { call: Call }): ReactNode {
  const wanted = useParam('tab');
  const tabs = tabsOf(call);
  const open = tabs.find((tab) => tab.id === wanted)?.id ?? tabs[0]?.id ?? 'summary';
  const show = useCallback((tab: CallTabId) => changePlace({ tab, part: undefined }), []);
  const step = (by: number): void => {
    const at = tabs.findIndex((tab) => tab.id === open);
    const next = tabs[(at + by + tabs.length) % tabs.length];
    if (next) show(next.id);
  };
  useActions(words.inspect.call, [
    { id: 'call.nextTab', title: words.inspect.action.nextTab, keys: [']'], quiet: true, run: () => step(1) },
    { id: 'call.previousTab', title: words.inspect.action.previousTab, keys: ['['], quiet: true, run: () => step(-1) },
  ]);
  // The page of a part is scrolled to its top when another call is shown.
  const panel = useRef<HTMLDivElement>(null);
  useEffect(() => {
    panel.current?.querySelector('.tabs-panel')?.scrollTo(0, 0);
  }, [call.id, open]);
  const Page = CALL_TABS[open];
  return (
    <div className="call-panel-parts" ref={panel}>
      <Tabs label={words.inspect.tabsLabel} tabs={tabs} open={open} onOpen={show}>
        <Page key={call.id} call={call} />
      </Tabs>
    </div>
  );
}
