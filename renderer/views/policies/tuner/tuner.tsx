import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import type { Mode } from '../../../../shared/model/policy.ts';
import { formatMoney } from '../../../../shared/format/money.ts';
import { formatCount, formatSize, shortCount } from '../../../../shared/format/quantities.ts';
import { Curve } from '../../../charts/curve.tsx';
import { DemandChart } from '../../../charts/demand-chart.tsx';
import { useApi } from '../../../client/api-context.ts';
import { useActions } from '../../../data/actions.ts';
import { changePlace, linkTo, usePlace } from '../../../data/location.ts';
import { Button } from '../../../ui/button.tsx';
import { Empty } from '../../../ui/empty.tsx';
import { Choice } from '../../../ui/fields.tsx';
import { Late } from '../../../ui/late.tsx';
import { toast } from '../../../ui/toasts.tsx';
import { words } from '../../../words/index.ts';
import { ConfirmChange } from '../confirm-change.tsx';
import { itemNamed } from '../editor/policy-items.ts';
import { boundsOf, readSpan, SPAN_NAMES } from '../place.ts';
import { PolicyBar } from '../policy-bar.tsx';
import { messageOf, useDeed, usePolicies } from '../use-policies.ts';
import type { Policies } from '../use-policies.ts';
import { Compare } from './compare.tsx';
import { Controls } from './controls.tsx';
import { changeDraft, readDraft, withLimit } from './draft.ts';
import type { DraftSettings } from './draft.ts';
import { Figures, WhoFeelsIt } from './effects.tsx';
import { Pick, unindented } from './pick.tsx';
import { useBacktest, useSweep } from './use-what-if.ts';
import { Windows } from './windows.tsx';
import './tuner.css';

const says = words.tuner;
const all = words.policies;
/** The draft as it is now, and three more. */
const MOST_KEPT = 3;

/** A limit tried on what really happened, while it is dragged. */
export default function Tuner(): ReactNode {
  const { params } = usePlace();
  const span = readSpan(params['span']);
  const bounds = useMemo(() => boundsOf(span), [span]);
  const callers = params['callers'] === 'retry' ? 'retry' : 'as-recorded';
  const { data: policies, error } = usePolicies(span);
  const draft = params['draft'] ?? '';
  return (
    <>
      <PolicyBar>
        {draft !== '' && <a href={linkTo('policies', { tab: 'tuner' })}>{says.another}</a>}
        <Choice
          label={all.range}
          value={span}
          options={SPAN_NAMES.map((value) => ({ value, title: all.ranges[value] }))}
          onChange={(value) => changePlace({ span: value === '7d' ? undefined : value })}
        />
        <Choice
          label={says.callers}
          value={callers}
          options={(['as-recorded', 'retry'] as const).map((value) => ({ value, title: says.callersAre[value] }))}
          onChange={(value) => changePlace({ callers: value === 'retry' ? value : undefined })}
        />
      </PolicyBar>
      {!policies ? (
        error ? (
          <Empty title={all.failed} says={error.message} />
        ) : (
          <Late>
            <p className="page-late dim">{words.general.loading}</p>
          </Late>
        )
      ) : draft === '' ? (
        <div className="page-body">
          <Pick policies={policies} bounds={bounds} params={params} />
        </div>
      ) : (
        <Bench
          text={draft}
          policies={policies}
          history={{ ...bounds, callers }}
          spanName={all.ranges[span]}
          onText={(text) => changePlace({ draft: text })}
        />
      )}
    </>
  );
}

interface BenchProps {
  text: string;
  policies: Policies;
  history: { since: number; until: number; callers: 'as-recorded' | 'retry' };
  spanName: string;
  onText: (text: string) => void;
}

function Bench(props: BenchProps): ReactNode {
  const settings = readDraft(props.text);
  return settings === null ? (
    <Empty title={says.failed} says={says.unreadable} />
  ) : (
    <Tuning {...props} settings={settings} />
  );
}

function Tuning(props: BenchProps & { settings: DraftSettings }): ReactNode {
  const { text, policies, history, spanName, onText, settings } = props;
  const api = useApi();
  const deed = useDeed();
  const [kept, setKept] = useState<readonly string[]>([]);
  const [sweeps, setSweeps] = useState(false);
  const [asking, setAsking] = useState<Exclude<Mode, 'off'> | null>(null);
  const [suggestion, setSuggestion] = useState<{ text: string; limit: number; says: string[] } | 'coming' | null>(null);
  const { limit, id } = settings;
  const run = useBacktest([text, ...kept], history);
  // Demand is the same whatever the limit is.
  const asked = changeDraft(text, ['settings', 'limit'], 1);
  const span = { since: history.since, until: history.until };
  const { data: demand, error: noDemand } = useQuery({
    queryKey: ['policies', 'demand', asked, span],
    queryFn: ({ signal }) => api.policies.demand({ ...span, policy: text }, { signal }),
    placeholderData: keepPreviousData,
    retry: false,
  });
  const unit = demand?.unit ?? 'calls';
  const format = useMemo(() => formatOf(unit), [unit]);
  const top = Math.max(demand?.percentiles.max ?? 0, limit ?? 0, 2);
  const sweep = useSweep(sweeps && demand ? asked : null, { from: 1, to: Math.ceil(top * 1.2) }, history);
  const curve = useMemo(
    () => sweep.answer?.points.map(({ value, denied, delayed }) => ({ x: value, y: denied + delayed })) ?? [],
    [sweep.answer],
  );
  const chart = useMemo(() => {
    if (!demand) return null;
    const steps = { since: Math.floor(span.since / demand.step) * demand.step, until: span.until, step: demand.step };
    steps.until = steps.since + Math.ceil((span.until - steps.since) / steps.step) * steps.step;
    const values: (number | null)[] = Array.from(
      { length: Math.round((steps.until - steps.since) / steps.step) },
      () => null,
    );
    for (const { start, highest } of demand.series) {
      const at = Math.floor((start - steps.since) / steps.step);
      if (at >= 0 && at < values.length) values[at] = highest;
    }
    return { steps, values };
  }, [demand, span.since, span.until]);
  const others = (demand?.headroom ?? []).flatMap(({ inThisWindow, resource }) =>
    inThisWindow === null ? [] : [{ value: inThisWindow, says: says.vendorLimit(format(inThisWindow), resource) }],
  );
  const inFile = itemNamed(policies.text, id);
  const saved = inFile === null ? null : unindented(policies.text.slice(inFile.from, inFile.to));
  const result = run.answer?.[0] ?? null;

  async function suggest(): Promise<void> {
    setSuggestion('coming');
    const found = await deed((one) => one.policies.recommend({ ...history, policy: text }));
    setSuggestion(found);
  }
  async function save(mode: Mode, reason: string): Promise<void> {
    const next = changeDraft(text, ['mode'], mode);
    const done = await deed((one) =>
      one.policies.change({ id, text: next, base: policies.version, ...(reason !== '' && { reason }) }),
    );
    if (!done) return;
    onText(next);
    toast(says.saved(id, all.mode[mode]));
  }
  const keep = (): void => {
    if (kept.length >= MOST_KEPT) toast(says.keepFull);
    else setKept([...kept, text]);
  };
  useActions(says.title, [
    { id: 'tuner.suggest', title: says.keys.suggest, run: () => void suggest() },
    { id: 'tuner.keep', title: says.keys.keep, run: keep },
    { id: 'tuner.observe', title: says.keys.observe, run: () => setAsking('observe') },
  ]);

  return (
    <div className="tuner">
      <div className="tuner-strip">
        <p className="tuner-limit">
          <strong>{limit === null ? '–' : format(limit)}</strong>
          <span className="dim">
            {' '}
            {says.unit[unit]}
            {settings.window !== null && says.per(settings.window)}
          </span>
        </p>
        {result ? (
          <Figures result={result} stale={run.stale || run.progress !== null} />
        ) : (
          <span className="page-gap" />
        )}
        <span className="tuner-run dim" role="status">
          {run.progress ? (
            <>
              {says.working(run.progress.done, run.progress.total)}
              <Button look="quiet" onClick={run.cancel}>
                {says.cancel}
              </Button>
            </>
          ) : (
            result && says.replayed(result.evaluated, result.tookMs)
          )}
        </span>
      </div>
      <div className="tuner-body">
        <div className="tuner-main">
          {run.fault !== null && (
            <p className="tuner-fault">
              <strong>{says.failed}.</strong> {messageOf(run.fault)}
            </p>
          )}
          {demand && chart ? (
            <>
              <h2>{says.demand(unit, settings.window ?? '')}</h2>
              <DemandChart
                title={says.demand(unit, settings.window ?? '')}
                steps={chart.steps}
                values={chart.values}
                limit={limit}
                limitName={says.limitLine}
                others={others}
                format={format}
                height={260}
                onLimit={(value) => onText(withLimit(text, value))}
              />
            </>
          ) : noDemand ? (
            <p className="tuner-fault">
              <strong>{says.failed}.</strong> {messageOf(noDemand)}
            </p>
          ) : (
            <div className="tuner-waits" aria-hidden />
          )}
          <div className="tuner-panes">
            {demand && <Windows demand={demand} limit={limit} format={format} />}
            {sweeps && sweep.answer === null ? (
              <section aria-label={says.sweep}>
                <h2>{says.sweep}</h2>
                {sweep.fault === null ? (
                  <p className="tuner-sweeping dim" role="status">
                    {sweep.progress && says.working(sweep.progress.done, sweep.progress.total)}
                    <Button
                      look="quiet"
                      onClick={() => {
                        sweep.cancel();
                        setSweeps(false);
                      }}
                    >
                      {says.cancel}
                    </Button>
                  </p>
                ) : (
                  <p className="tuner-fault">
                    <strong>{says.failed}.</strong> {messageOf(sweep.fault)}
                  </p>
                )}
              </section>
            ) : sweeps ? (
              <Curve
                title={says.sweep}
                points={curve}
                marked={sweep.answer?.knee ?? null}
                markSays={
                  sweep.answer?.knee == null
                    ? ''
                    : says.knee(format(sweep.answer.points[sweep.answer.knee]?.value ?? 0))
                }
                current={limit}
                height={150}
                formatX={format}
                formatY={shortCount}
              />
            ) : (
              <section aria-label={says.sweep}>
                <h2>{says.sweep}</h2>
                <Button onClick={() => setSweeps(true)}>{says.sweepOpen}</Button>
              </section>
            )}
          </div>
          {result && <WhoFeelsIt result={result} bounds={span} />}
          {kept.length > 0 && (
            <Compare
              candidates={[text, ...kept]}
              results={run.answer ?? []}
              onUse={onText}
              onDrop={(index) => setKept(kept.filter((_, at) => at !== index))}
            />
          )}
        </div>
        <aside className="tuner-aside" aria-label={says.draft}>
          <h2>
            {id}{' '}
            <span className="dim">{saved === text ? says.inForce(all.mode[settings.mode as Mode]) : says.changed}</span>
          </h2>
          <Controls text={text} settings={settings} onChange={onText} />
          <div className="tuner-deeds">
            <Button onClick={() => void suggest()} disabled={suggestion === 'coming'}>
              {says.suggest}
            </Button>
            <Button onClick={keep}>{says.keep}</Button>
          </div>
          {suggestion === 'coming' && <Late>{says.suggesting}</Late>}
          {suggestion !== null && suggestion !== 'coming' && (
            <section className="tuner-suggestion" aria-label={says.suggested}>
              <h3>{says.suggested}</h3>
              {suggestion.says.map((sentence) => (
                <p key={sentence}>{sentence}</p>
              ))}
              <Button onClick={() => onText(suggestion.text)}>{says.take(format(suggestion.limit))}</Button>
            </section>
          )}
          <details open>
            <summary>{says.text}</summary>
            <pre tabIndex={0}>{text}</pre>
          </details>
          {result && result.unknowns.length > 0 && (
            <section>
              <h3>{says.unknowns}</h3>
              <ul className="dim">
                {result.unknowns.map((one) => (
                  <li key={one}>{one}</li>
                ))}
              </ul>
            </section>
          )}
          <div className="tuner-deeds tuner-foot">
            <Button look="quiet" onClick={() => void save('off', '')}>
              {says.saveDraft}
            </Button>
            <span className="page-gap" />
            <Button onClick={() => setAsking('enforce')}>{says.enforce}</Button>
            <Button look="primary" onClick={() => setAsking('observe')}>
              {says.observe}
            </Button>
          </div>
        </aside>
      </div>
      {asking !== null && (
        <ConfirmChange
          title={says.confirm[asking](id)}
          says={
            asking === 'observe'
              ? says.confirm.observeSays
              : says.confirm.enforceSays(result?.denied ?? 0, result?.delayed ?? 0, result?.matched ?? 0, spanName)
          }
          diff={{ before: saved ?? '', after: changeDraft(text, ['mode'], asking) }}
          action={says.confirm.action[asking]}
          onAnswer={(reason) => {
            const mode = asking;
            setAsking(null);
            if (reason !== null) void save(mode, reason);
          }}
        />
      )}
    </div>
  );
}

function formatOf(unit: string): (value: number) => string {
  if (unit === 'nano-dollars') return formatMoney;
  if (unit === 'bytes') return formatSize;
  return (value) => formatCount(Math.round(value));
}
