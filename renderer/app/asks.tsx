import { ChevronDown, Hand } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { useApi } from '../client/api-context.ts';
import type { Api } from '../client/api.ts';
import { useStream } from '../client/stream.ts';
import { useActions } from '../data/actions.ts';
import { linkTo } from '../data/location.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { MenuButton } from '../ui/menu.tsx';
import { toast } from '../ui/toasts.tsx';
import { words } from '../words/index.ts';
import './asks.css';

const say = words.asks;
type Streamed<T> = T extends AsyncIterable<infer One> ? One : never;
type Ask = Streamed<Awaited<ReturnType<Api['policies']['asks']>>>['asks'][number];
type Verdict = 'allow' | 'deny';
type Remember = 'once' | 'hour' | 'day' | 'always';

/** Calls that wait for a person’s word, on whatever view; the one whose time is up first is in front. */
export function Asks(): ReactNode {
  const api = useApi();
  const { value } = useStream('asks', (signal) => api.policies.asks(undefined, { signal }));
  const [gone, setGone] = useState<readonly number[]>([]);
  const [all, setAll] = useState(false);
  const asks = (value?.asks ?? []).filter(({ call }) => !gone.includes(call)).toSorted((a, b) => a.until - b.until);
  const [first] = asks;

  async function answer(ask: Ask, verdict: Verdict, remember: Remember): Promise<void> {
    setGone((before) => [...before, ask.call]);
    try {
      const { answered } = await api.policies.answer({ call: ask.call, verdict, remember });
      toast(verdict === 'allow' ? say.allowed(answered) : say.denied(answered));
    } catch (fault) {
      setGone((before) => before.filter((call) => call !== ask.call));
      toast(say.failed, { says: fault instanceof Error ? fault.message : String(fault) });
    }
  }
  useActions(
    words.frame.keysEverywhere,
    first
      ? [
          {
            id: 'asks.allow',
            title: say.keys.allow,
            keys: ['shift+y'],
            run: () => void answer(first, 'allow', 'once'),
          },
          { id: 'asks.deny', title: say.keys.deny, keys: ['shift+n'], run: () => void answer(first, 'deny', 'once') },
        ]
      : [],
  );
  return (
    <section className="asks" aria-label={say.region} hidden={!first}>
      {/* Said once for each call; the seconds that run are not. */}
      <p className="unseen" role="status">
        {first && `${say.title(first.app)} ${first.method} ${first.host}${first.path}. ${first.sentence}`}
      </p>
      {asks.length > 1 && (
        <Button look="quiet" className="asks-more" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? say.fewer : say.more(asks.length - 1)}
        </Button>
      )}
      {(all ? asks : asks.slice(0, 1)).map((ask) => (
        <OneAsk key={ask.call} ask={ask} onAnswer={(verdict, remember) => void answer(ask, verdict, remember)} />
      ))}
    </section>
  );
}

function OneAsk({
  ask: { app, method, host, path, sentence, policy, at, until, otherwise },
  onAnswer,
}: {
  ask: Ask;
  onAnswer: (verdict: Verdict, remember: Remember) => void;
}): ReactNode {
  const left = useSecondsUntil(until);
  const share = Math.max(0, Math.min(1, (left * 1_000_000) / Math.max(1, until - at)));
  const longer = (verdict: Verdict) =>
    (['hour', 'day', 'always'] as const).map((remember) => ({
      title: (verdict === 'allow' ? say.allowLong : say.denyLong)[remember],
      run: () => onAnswer(verdict, remember),
    }));
  return (
    <div className="ask">
      <div className="ask-says">
        <Hand size={16} aria-hidden />
        <div>
          <p>
            <strong>{say.title(app)}</strong>
          </p>
          <p className="mono ask-address" title={`${method} ${host}${path}`}>
            <span className="dim">{method}</span> {host}
            <span className="dim">{path}</span>
          </p>
          <p className="dim ask-why">
            {sentence}{' '}
            <a href={linkTo('policies', { policy })} title={policy}>
              {say.by(policy)}
            </a>
          </p>
        </div>
      </div>
      <div className="ask-deeds">
        <span className="ask-left dim">{left > 0 ? say.left(left, otherwise) : say.over}</span>
        <Button onClick={() => onAnswer('deny', 'once')}>{say.deny}</Button>
        <Button look="primary" onClick={() => onAnswer('allow', 'once')}>
          {say.allow}
        </Button>
        <MenuButton
          align="end"
          trigger={<IconButton icon={ChevronDown} label={say.longer} />}
          entries={[...longer('allow'), null, ...longer('deny')]}
        />
      </div>
      <div className="ask-time" aria-hidden>
        <span style={{ width: `${share * 100}%` }} />
      </div>
    </div>
  );
}

/** Whole seconds until a moment (microseconds since the epoch), counted down. */
function useSecondsUntil(until: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, []);
  return Math.max(0, Math.ceil(until / 1e6 - now / 1e3));
}
