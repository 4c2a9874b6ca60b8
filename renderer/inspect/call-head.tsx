import { useState } from 'react';
import type { ReactNode } from 'react';
import {
  Code,
  Columns2,
  Ellipsis,
  ExternalLink,
  Link,
  Maximize2,
  Pin,
  PinOff,
  Repeat2,
  StickyNote,
  X,
} from 'lucide-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { formatMoney } from '../../shared/format/money.ts';
import { failureAdvice, failureSentence } from '../../shared/format/failures.ts';
import type { Call } from '../../shared/model/call.ts';
import { appMark } from '../callers/app-mark.tsx';
import { CodeLink, PlaceName } from '../callers/code-link.tsx';
import { readCallsite, shortPath } from '../callers/code-place.ts';
import { runtimeOf } from '../callers/runtime.ts';
import { urlOf } from '../../shared/query/evaluate.ts';
import { useApi } from '../client/api-context.ts';
import { useActions } from '../data/actions.ts';
import { goTo, linkTo } from '../data/location.ts';
import { useVendorNames } from '../data/vendor-names.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { MenuButton } from '../ui/menu.tsx';
import type { MenuEntry } from '../ui/menu.tsx';
import { VendorMark } from '../ui/vendor-mark.tsx';
import { Duration, Size } from '../ui/quantity.tsx';
import { toast } from '../ui/toasts.tsx';
import { words } from '../words/index.ts';
import { chooseToCompare, useChosenToCompare } from './comparison.ts';
import { copyText } from './copy-text.ts';
import { Elapsed } from './elapsed.tsx';
import { toneOf } from './tone.ts';

const say = words.inspect;

/** What a call is and how it went, in three lines, and what can be done with it. */
export function CallHead({
  call,
  onClose,
  onFull,
}: {
  call: Call;
  onClose?: () => void;
  onFull?: () => void;
}): ReactNode {
  const { kind, method, status, host, port, scheme, path, query, failure } = call;
  const tunnel = kind === 'tunnel';
  const names = useVendorNames();
  const vendor = call.vendor === null ? undefined : names?.get(call.vendor);
  const place = call.callsite === null ? null : readCallsite(call.callsite);
  const isUsualPort = (port === 443 && /^(https|wss|tls)$/.test(scheme)) || (port === 80 && /^(http|ws)$/.test(scheme));
  return (
    <header className="call-head">
      <div className="call-head-first">
        <h1 className="call-head-title" title={urlOf(call)}>
          <span className={`call-head-status tone-${toneOf(call)}`}>
            {status ?? (call.state === 'open' ? say.open : failure ? '×' : '–')}
          </span>
          <span className="call-head-method">{tunnel ? scheme.toUpperCase() : method}</span>
          <span className="call-head-path">
            {tunnel ? `${host}:${port}` : path}
            {query !== '' && <span className="dim">{query}</span>}
          </span>
        </h1>
        <Actions call={call} {...(onClose && { onClose })} {...(onFull && { onFull })} />
      </div>
      <p className="call-head-facts">
        {!tunnel && (
          <span className="ellipsis" title={vendor?.name}>
            {call.vendor !== null && (
              <VendorMark name={vendor?.name ?? call.vendor} logo={vendor?.logo ?? null} size={16} />
            )}
            {host}
            {!isUsualPort && <span className="dim">:{port}</span>}
          </span>
        )}
        {call.app !== null && (
          <span className="ellipsis">
            {appMark(call.app, runtimeOf(call.process ?? { name: call.app }))} {call.app}
          </span>
        )}
        {place && (
          <span className="call-head-place">
            <CodeLink place={place}>
              <PlaceName
                path={shortPath(place.file, call.process?.project?.folder ?? call.process?.folder)}
                line={place.line}
              />
            </CodeLink>
          </span>
        )}
        <span>{call.state === 'open' ? <Elapsed since={call.startedAt} /> : <Duration us={call.durationUs} />}</span>
        {call.cost !== null && call.cost.nanoUsd !== null && (
          <span aria-label={words.cost.cost(formatMoney(call.cost.nanoUsd))}>
            {call.cost.provenance === 'estimated' && <span className="dim">~</span>}
            {formatMoney(call.cost.nanoUsd)}
          </span>
        )}
        <span aria-label={say.sent(call.requestBody.wireBytes)}>
          <span className="dim">↑</span> <Size bytes={call.requestBody.wireBytes} />
        </span>
        <span aria-label={say.received(call.responseBody.wireBytes)}>
          <span className="dim">↓</span> <Size bytes={call.responseBody.wireBytes} />
        </span>
        <span className="dim">{call.protocol ?? call.clientProtocol}</span>
      </p>
      {failure && (
        <p className="call-head-failure" role="note">
          <strong>{failureSentence(failure)}</strong> {failureAdvice(failure.kind)}
        </p>
      )}
    </header>
  );
}

function Actions({ call, onClose, onFull }: { call: Call; onClose?: () => void; onFull?: () => void }): ReactNode {
  const api = useApi();
  const { id } = call;
  const queries = useQueryClient();
  const other = useChosenToCompare();
  const [writing, setWriting] = useState(false);
  const forms = useQuery({
    queryKey: ['snippetTargets'],
    queryFn: () => api.calls.snippetTargets(),
    staleTime: Infinity,
  });
  const targets = forms.data?.targets ?? [];

  const copyCode = (target: string, title: string): void => {
    api.calls.snippet({ id, target }).then(
      ({ code }) => copyText(code, say.copiedCode(title)),
      (error: unknown) => toast(say.copyFailed, { says: error instanceof Error ? error.message : String(error) }),
    );
  };
  const mark = (change: { pinned?: boolean; note?: string }, says: string): void => {
    api.calls.mark({ ids: [id], ...change }).then(
      () => {
        void queries.invalidateQueries({ queryKey: ['call', id] });
        toast(says);
      },
      (error: unknown) => toast(say.markFailed, { says: error instanceof Error ? error.message : String(error) }),
    );
  };
  const { pinned } = call;
  const pin = (): void => mark({ pinned: !pinned }, pinned ? say.unpinned : say.pinned);
  const copyUrl = (): void => copyText(urlOf(call), say.copiedUrl);
  const curl = targets.find(({ target }) => target === 'curl' || target.startsWith('shell')) ?? null;
  const compare = (): void => {
    if (other !== null && other !== id) {
      chooseToCompare(null);
      goTo('compare', { a: String(other), b: String(id) });
    } else {
      chooseToCompare(id);
      toast(say.chosenToCompare(id), { says: say.chosenToCompareSays });
    }
  };
  const replay = (): void => goTo('replay', { call: String(id) });
  const compareTitle = other !== null && other !== id ? say.action.compareNow(other) : say.action.compare;
  const readable = call.kind !== 'tunnel';

  useActions(say.call, [
    { id: 'call.copyUrl', title: say.action.copyUrl, keys: ['u'], run: copyUrl },
    ...(curl && readable
      ? [
          {
            id: 'call.copyCurl',
            title: say.action.copyCurl,
            keys: ['c'],
            run: () => copyCode(curl.target, 'cURL'),
          },
        ]
      : []),
    { id: 'call.pin', title: pinned ? say.action.unpin : say.action.pin, keys: ['p'], run: pin },
    { id: 'call.note', title: say.action.note, keys: ['m'], run: () => setWriting(true) },
    ...(readable && call.kind !== 'websocket'
      ? [{ id: 'call.replay', title: say.action.replay, keys: ['r'], run: replay }]
      : []),
    { id: 'call.compare', title: compareTitle, keys: ['shift+c'], run: compare },
    ...(onFull ? [{ id: 'call.full', title: say.action.full, keys: ['o'], run: onFull }] : []),
  ]);

  const codes: MenuEntry[] = targets.map(({ target, title }) => ({ title, run: () => copyCode(target, title) }));
  return (
    <div className="call-head-actions">
      {readable && call.kind !== 'websocket' && (
        <IconButton icon={Repeat2} label={say.action.replay} keys="r" onClick={replay} />
      )}
      <IconButton icon={Link} label={say.action.copyUrl} keys="u" onClick={copyUrl} />
      {codes.length > 0 && readable && (
        <MenuButton
          align="end"
          trigger={
            <button type="button" className="button button-quiet button-icon" aria-label={say.action.copyAs}>
              <Code size={16} aria-hidden />
            </button>
          }
          entries={codes}
        />
      )}
      <IconButton
        icon={pinned ? PinOff : Pin}
        label={pinned ? say.action.unpin : say.action.pin}
        keys="p"
        pressed={pinned}
        onClick={pin}
      />
      {onFull && <IconButton icon={Maximize2} label={say.action.full} keys="o" onClick={onFull} />}
      <MenuButton
        align="end"
        trigger={
          <button type="button" className="button button-quiet button-icon" aria-label={say.action.more}>
            <Ellipsis size={16} aria-hidden />
          </button>
        }
        entries={[
          { title: say.action.note, icon: StickyNote, keys: 'm', run: () => setWriting(true) },
          { title: compareTitle, icon: Columns2, keys: 'shift+c', run: compare },
          {
            title: say.action.window,
            icon: ExternalLink,
            run: () => window.open(linkTo('call', { id: String(id) }), '_blank', 'noopener'),
          },
        ]}
      />
      {onClose && <IconButton icon={X} label={say.action.close} keys="escape" onClick={onClose} />}
      <Note
        key={`${id} ${call.note ?? ''}`}
        open={writing}
        note={call.note ?? ''}
        onClose={() => setWriting(false)}
        onSave={(note) => {
          setWriting(false);
          mark({ note }, say.noted);
        }}
      />
    </div>
  );
}

function Note({
  open,
  note,
  onClose,
  onSave,
}: {
  open: boolean;
  note: string;
  onClose: () => void;
  onSave: (note: string) => void;
}): ReactNode {
  const [text, setText] = useState(note);
  return (
    <Dialog open={open} onClose={onClose} title={say.noteTitle}>
      <textarea
        className="call-note"
        aria-label={say.noteTitle}
        placeholder={say.notePlaceholder}
        value={text}
        maxLength={10_000}
        rows={5}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) onSave(text);
        }}
      />
      <div className="dialog-buttons">
        <Button onClick={onClose}>{words.general.cancel}</Button>
        <Button look="primary" onClick={() => onSave(text)}>
          {say.save}
        </Button>
      </div>
    </Dialog>
  );
}
