import { useState } from 'react';
import type { ReactNode } from 'react';
import { ChevronRight, CornerDownRight, Wrench } from 'lucide-react';
import { formatCount } from '../../shared/format/quantities.ts';
import type { ChatAnswer, ChatRequest, Part, Turn } from '../../shared/llm/chat.ts';
import { tokensPerSecond } from '../../shared/llm/read-chat.ts';
import type { Conversation } from '../../shared/llm/read-chat.ts';
import type { Call } from '../../shared/model/call.ts';
import { prettyJson } from '../../shared/payload/pretty-json.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { Duration } from '../ui/quantity.tsx';
import { words } from '../words/index.ts';
import { Valued } from './valued.tsx';
import './conversation.css';

const say = words.inspect.chat;
/** A longer text is folded to its beginning. */
const LONG = 1600;

export function ConversationView({ call, conversation }: { call: Call; conversation: Conversation }): ReactNode {
  const { request, answer } = conversation;
  const names = new Map<string, string>();
  for (const turn of [...(request?.turns ?? []), ...(answer?.turns ?? [])])
    for (const part of turn.parts) if (part.type === 'tool-call') names.set(part.id, part.name);
  return (
    <div className="chat" aria-label={say.title}>
      <Figures call={call} conversation={conversation} />
      {request === null && <p className="dim chat-line">{say.noRequest}</p>}
      {request && <Asked request={request} names={names} />}
      {answer?.turns.map((turn, index) => (
        <TurnView
          key={`answer ${index}`}
          turn={turn}
          names={names}
          answer
          note={answer.turns.length > 1 ? say.choice(index + 1) : undefined}
        />
      ))}
      {answer?.error !== null && answer?.error !== undefined && (
        <p className="chat-error tone-server" role="note">
          {say.error(answer.error)}
        </p>
      )}
      <Ending call={call} answer={answer} />
    </div>
  );
}

function Figures({ call, conversation }: { call: Call; conversation: Conversation }): ReactNode {
  const { answer, request, firstContentAt, streamed, events } = conversation;
  const usage = answer?.usage ?? null;
  const rate = tokensPerSecond(conversation);
  const model = answer?.model ?? request?.model ?? modelInPath(call.path);
  return (
    <ul className="chat-figures">
      {model !== null && (
        <li>
          <strong>{model}</strong>
        </li>
      )}
      {usage?.input !== null && usage?.input !== undefined && (
        <li>
          {formatCount(usage.input)} <span className="unit">{say.tokensIn}</span>
          {usage.cached !== null && usage.cached > 0 && (
            <span className="tone-cached"> {say.cached(formatCount(usage.cached))}</span>
          )}
        </li>
      )}
      {usage?.output !== null && usage?.output !== undefined && (
        <li>
          {formatCount(usage.output)} <span className="unit">{say.tokensOut}</span>
          {usage.thinking !== null && usage.thinking > 0 && (
            <span className="dim"> {say.thinkingTokens(formatCount(usage.thinking))}</span>
          )}
        </li>
      )}
      {usage === null && answer !== null && call.state === 'closed' && <li className="dim">{say.noUsage}</li>}
      {firstContentAt !== null && (
        <li>
          <span className="unit">{say.firstToken}</span> <Duration us={firstContentAt} />
        </li>
      )}
      {rate !== null && (
        <li>
          {rate >= 10 ? Math.round(rate) : rate.toFixed(1)} <span className="unit">{say.perSecond}</span>
        </li>
      )}
      {streamed && <li className="dim">{say.streamed(events)}</li>}
    </ul>
  );
}

function Asked({ request, names }: { request: ChatRequest; names: ReadonlyMap<string, string> }): ReactNode {
  const { turns, tools, settings } = request;
  return (
    <>
      {(tools.length > 0 || settings.length > 0) && (
        <details className="chat-setup">
          <summary>
            <ChevronRight size={14} aria-hidden />
            {settings.length > 0 && (
              <span className="ellipsis">{settings.map(({ name, value }) => `${name} ${value}`).join(' · ')}</span>
            )}
            {tools.length > 0 && <span className="chat-tools">{say.tools(tools.length)}</span>}
          </summary>
          <dl>
            {settings.map(({ name, value }) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd className="mono">{value}</dd>
              </div>
            ))}
            {tools.map(({ name, description }, index) => (
              <div key={`${name} ${index}`}>
                <dt>
                  <Wrench size={12} aria-hidden /> {name}
                </dt>
                <dd>{description}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
      {turns.map((turn, index) => (
        <TurnView key={index} turn={turn} names={names} folded={turn.role === 'system'} />
      ))}
    </>
  );
}

function TurnView({
  turn,
  names,
  folded = false,
  answer = false,
  note,
}: {
  turn: Turn;
  names: ReadonlyMap<string, string>;
  folded?: boolean;
  answer?: boolean;
  note?: string | undefined;
}): ReactNode {
  const [open, setOpen] = useState(!folded);
  const text = turn.parts.map((part) => ('text' in part ? part.text : '')).join('\n');
  return (
    <section className={`chat-turn chat-${turn.role}${answer ? ' chat-answer' : ''}`} aria-label={say.role[turn.role]}>
      <header className="chat-role">
        {folded ? (
          <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
            <ChevronRight size={14} aria-hidden className={open ? 'chat-open' : undefined} />
            {say.role[turn.role]}
            {!open && <span className="dim ellipsis chat-peek">{text.slice(0, 200)}</span>}
          </button>
        ) : (
          <span>
            {say.role[turn.role]}
            {note !== undefined && <span className="dim"> {note}</span>}
          </span>
        )}
        {open && text !== '' && <CopyButton text={text} />}
      </header>
      {open && turn.parts.map((part, index) => <PartView key={index} part={part} names={names} />)}
    </section>
  );
}

function PartView({ part, names }: { part: Part; names: ReadonlyMap<string, string> }): ReactNode {
  switch (part.type) {
    case 'text':
      return <LongText text={part.text} />;
    case 'thinking':
      return (
        <details className="chat-thinking">
          <summary>
            <ChevronRight size={14} aria-hidden />
            {say.thinking}
            <span className="ellipsis chat-peek">{part.text.slice(0, 200)}</span>
          </summary>
          <LongText text={part.text} />
        </details>
      );
    case 'refusal':
      return (
        <p className="chat-text tone-client">
          {say.refusal} {part.text}
        </p>
      );
    case 'image':
      return part.data !== null ? (
        <img
          className="chat-image"
          alt={say.image}
          src={`data:${part.mediaType?.startsWith('image/') ? part.mediaType : 'image/png'};base64,${part.data}`}
        />
      ) : (
        <p className="chat-text dim">
          {say.image}: <span className="mono">{part.url}</span>
        </p>
      );
    case 'file':
      return (
        <p className="chat-text dim">
          {say.file}: {part.name}
        </p>
      );
    case 'tool-call':
      return (
        <div className="chat-tool">
          <p className="chat-tool-name">
            <Wrench size={13} aria-hidden /> <span className="unseen">{say.calls} </span>
            {part.name || say.unnamed}
          </p>
          <pre>
            <Valued value={prettyJson(part.arguments).text} />
          </pre>
        </div>
      );
    case 'tool-result':
      return (
        <div className="chat-tool">
          <p className={part.failed ? 'chat-tool-name tone-client' : 'chat-tool-name'}>
            <CornerDownRight size={13} aria-hidden /> {say.resultOf(names.get(part.id) ?? part.id)}
            {part.failed && ` ${say.resultFailed}`}
          </p>
          <LongText text={looksLikeJson(part.text) ? prettyJson(part.text).text : part.text} mono />
        </div>
      );
    case 'other':
      return (
        <details className="chat-thinking">
          <summary>
            <ChevronRight size={14} aria-hidden />
            {part.name}
          </summary>
          <LongText text={prettyJson(part.json).text} mono />
        </details>
      );
  }
}

function LongText({ text, mono = false }: { text: string; mono?: boolean }): ReactNode {
  const [whole, setWhole] = useState(false);
  const long = text.length > LONG;
  return (
    <div className={mono ? 'chat-text mono' : 'chat-text'}>
      <Valued value={long && !whole ? text.slice(0, LONG) : text} />
      {long && (
        <button type="button" className="headers-more" aria-expanded={whole} onClick={() => setWhole(!whole)}>
          {whole ? words.inspect.headers.less : `… ${words.inspect.headers.more(text.length)}`}
        </button>
      )}
    </div>
  );
}

function Ending({ call, answer }: { call: Call; answer: ChatAnswer | null }): ReactNode {
  if (call.state === 'open') return <p className="chat-line dim">{say.underWay}</p>;
  if (answer === null) return <p className="chat-line dim">{say.noAnswer}</p>;
  if (answer.stop !== null) return <p className="chat-line dim">{say.ended(answer.stop)}</p>;
  return answer.error === null && (call.status ?? 0) < 400 ? <p className="chat-line dim">{say.cut}</p> : null;
}

function looksLikeJson(text: string): boolean {
  return /^\s*[{[]/.test(text);
}

function modelInPath(path: string): string | null {
  return /\/models\/([^/:]+)/.exec(path)?.[1] ?? null;
}
