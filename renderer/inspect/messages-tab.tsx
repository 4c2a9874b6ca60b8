import { useMemo, useState } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { formatCount, formatDuration, formatSize } from '../../shared/format/quantities.ts';
import type { Call, Message } from '../../shared/model/call.ts';
import { readPreference, setPreference } from '../data/preferences.ts';
import { Choice, TextField } from '../ui/fields.tsx';
import { Empty } from '../ui/empty.tsx';
import { Duration, Size } from '../ui/quantity.tsx';
import { Split } from '../ui/split.tsx';
import { words } from '../words/index.ts';
import { BodyOfBytes } from './body/body-view.tsx';
import { useAllMessages, useMessages } from './use-messages.ts';
import { Windowed } from './windowed.tsx';
import './messages.css';

const say = words.inspect.messages;
const ROW = 24;
type Which = 'all' | 'sent' | 'received';
const isShare = (value: unknown): value is number => typeof value === 'number' && value >= 20 && value <= 80;

/** WebSocket messages or server-sent events: a list, and the chosen one below. Follows an open call. */
export function MessagesTab({ call }: { call: Call }): ReactNode {
  const [which, setWhich] = useState<Which>('all');
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState<number | null>(null);
  const sifting = which !== 'all' || text.trim() !== '';
  const byNumber = useMessages(call.id, call.messages);
  const all = useAllMessages(call.id, call.messages, sifting);
  const sifted = useMemo(
    () => (sifting ? sift(all.messages, which, text.trim().toLowerCase()) : null),
    [sifting, all.messages, which, text],
  );
  const rows = sifted ? sifted.length : call.messages;
  const numberAt = (row: number): number => (sifted ? (sifted[row] ?? 0) : row);
  const messageAt = (row: number): Message | null => (sifted ? (all.messages[numberAt(row)] ?? null) : byNumber(row));
  const row = chosen === null ? -1 : sifted ? sifted.indexOf(chosen) : chosen;
  const message = row >= 0 ? messageAt(row) : null;

  if (call.messages === 0)
    return (
      <Empty
        title={say.none}
        says={call.state === 'open' ? say.noneYet : call.kind === 'websocket' ? say.noneSays : say.noneEvents}
      />
    );
  const move = (event: KeyboardEvent): void => {
    const to = { ArrowDown: row + 1, ArrowUp: row - 1, Home: 0, End: rows - 1, PageDown: row + 10, PageUp: row - 10 }[
      event.key
    ];
    if (to === undefined || event.altKey || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    setChosen(numberAt(Math.max(0, Math.min(rows - 1, to))));
  };
  const list = (
    <Windowed
      rows={rows}
      rowHeight={ROW}
      label={say.list}
      role="listbox"
      className="messages-list"
      stick={call.state === 'open'}
      goTo={row >= 0 ? rowWish(row) : null}
      onKey={move}
      {...(row >= 0 && { activeId: `message-${numberAt(row)}` })}
      draw={(from, count) =>
        Array.from({ length: count }, (_, index) => {
          const at = from + index;
          const number = numberAt(at);
          return (
            <Row
              key={number}
              number={number}
              message={messageAt(at)}
              chosen={number === chosen}
              onChoose={() => setChosen(number === chosen ? null : number)}
            />
          );
        })
      }
    />
  );
  return (
    <div className="messages">
      <div className="messages-bar">
        <TextField
          type="search"
          className="messages-search"
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
        {call.kind === 'websocket' && (
          <Choice
            label={say.direction}
            value={which}
            options={(['all', 'sent', 'received'] as const).map((value) => ({ value, title: say.which[value] }))}
            onChange={setWhich}
          />
        )}
        <span className="dim messages-count" role="status">
          {sifted
            ? all.complete
              ? say.found(formatCount(sifted.length), formatCount(call.messages))
              : say.searching(formatCount(all.messages.length), formatCount(call.messages))
            : formatCount(call.messages)}
        </span>
      </div>
      <Split
        direction="vertical"
        share={readPreference('inspect.messages', 55, isShare)}
        onShare={(share) => setPreference('inspect.messages', Math.round(share))}
        first={list}
        second={message && <Chosen call={call} number={numberAt(row)} message={message} />}
      />
    </div>
  );
}

/** The same wish for the same row, so that drawing again does not move the list. */
const wishes = new Map<number, { row: number }>();
function rowWish(row: number): { row: number } {
  let wish = wishes.get(row);
  if (!wish) {
    if (wishes.size > 1000) wishes.clear();
    wishes.set(row, (wish = { row }));
  }
  return wish;
}

function sift(messages: readonly Message[], which: Which, sought: string): number[] {
  const found: number[] = [];
  for (const [index, { direction, data, name }] of messages.entries()) {
    if (which !== 'all' && direction !== which) continue;
    if (sought !== '' && !`${name ?? ''} ${data ?? ''}`.toLowerCase().includes(sought)) continue;
    found.push(index);
  }
  return found;
}

function Row({
  number,
  message,
  chosen,
  onChoose,
}: {
  number: number;
  message: Message | null;
  chosen: boolean;
  onChoose: () => void;
}): ReactNode {
  const Arrow = message?.direction === 'sent' ? ArrowUp : ArrowDown;
  return (
    <div
      id={`message-${number}`}
      role="option"
      tabIndex={-1}
      aria-selected={chosen}
      aria-label={message ? spoken(number, message) : undefined}
      className="messages-row"
      style={{ height: ROW }}
      onClick={onChoose}
      onKeyDown={() => {}}
    >
      {message && (
        <>
          <span className={`messages-arrow messages-${message.direction}`} title={say.which[message.direction]}>
            <Arrow size={13} aria-hidden />
          </span>
          <span className="ellipsis mono messages-data">
            {message.name !== null && <span className="messages-name">{message.name}</span>}
            {preview(message)}
          </span>
          {message.type !== 'text' && message.type !== 'event' && (
            <span className="unit">{say.type[message.type]}</span>
          )}
          <span className="numeric messages-figure">
            <Size bytes={message.size} />
          </span>
          <span className="numeric messages-figure">{clock(message.at)}</span>
        </>
      )}
    </div>
  );
}

/** Minutes and seconds once it is longer than one: `27:36.4`. */
function clock(us: number): ReactNode {
  if (us < 60e6) return <Duration us={us} />;
  const tenths = Math.floor(us / 1e5);
  return `${Math.floor(tenths / 600)}:${String(Math.floor((tenths % 600) / 10)).padStart(2, '0')}.${tenths % 10}`;
}

function spoken(number: number, message: Message): string {
  const { direction, type, size, at } = message;
  return `${number + 1}, ${say.which[direction]}, ${say.type[type]}, ${formatSize(size)}, ${formatDuration(at)}, ${preview(message).slice(0, 80)}`;
}

function preview({ type, data, size }: Message): string {
  if (data === null) return size === 0 ? say.empty : say.notKept;
  if (type === 'binary' || ((type === 'ping' || type === 'pong') && data !== '')) return hexStart(data);
  return data === '' ? say.empty : data.slice(0, 400).replace(/\s+/g, ' ');
}

function hexStart(base64: string): string {
  const bytes = bytesOf(base64.slice(0, 64));
  return Array.from(bytes.subarray(0, 32), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  } catch {
    return new TextEncoder().encode(base64);
  }
}

/** Whether its messages are gRPC's, which are protobuf nearly always. */
function isGrpc({ requestHeaders }: Call): boolean {
  return requestHeaders.some(
    ([name, value]) => /^content-type$/i.test(name) && /^application\/grpc(?!.*json)/i.test(value),
  );
}

function Chosen({ call, number, message }: { call: Call; number: number; message: Message }): ReactNode {
  const { type, data, name } = message;
  const bytes = useMemo(() => {
    if (data === null) return null;
    return type === 'binary' ? bytesOf(data) : new TextEncoder().encode(data);
  }, [type, data]);
  if (type === 'close') return <Empty title={say.closed} says={say.closedSays(name, data ?? '')} />;
  if (bytes === null || bytes.length === 0)
    return (
      <Empty title={bytes === null ? say.notKept : say.empty} says={bytes === null ? say.notKeptSays : undefined} />
    );
  return (
    <BodyOfBytes
      key={number}
      bytes={bytes}
      contentType={isGrpc(call) ? 'application/x-protobuf' : null}
      name={`message-${number + 1}`}
    />
  );
}
