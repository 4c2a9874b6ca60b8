import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Table2, X } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import { formatCount, formatDuration } from '../../../../shared/format/quantities.ts';
import { TimeChart } from '../../../charts/time-chart.tsx';
import { TimeGroup } from '../../../charts/time-group.tsx';
import type { TimeSeries } from '../../../charts/time-option.ts';
import { fillSteps, niceCount } from '../../../charts/time-scale.ts';
import { TimeTable } from '../../../charts/time-table.tsx';
import { useApi } from '../../../client/api-context.ts';
import { useActions } from '../../../data/actions.ts';
import { ROW_HEIGHT, useDensity } from '../../../data/appearance.ts';
import { changePlace, goTo, linkTo, usePlace } from '../../../data/location.ts';
import { Button, IconButton } from '../../../ui/button.tsx';
import { DenseGrid } from '../../../ui/dense-grid.tsx';
import type { GridColumn } from '../../../ui/dense-grid.tsx';
import { Empty } from '../../../ui/empty.tsx';
import { Choice, Switch } from '../../../ui/fields.tsx';
import { Late } from '../../../ui/late.tsx';
import { words } from '../../../words/index.ts';
import { boundsOf, linkToCalls, placeOfCalls, rangeBetween, readSpan, SPAN_NAMES, SPANS } from '../place.ts';
import type { SpanName } from '../place.ts';
import { PolicyBar } from '../policy-bar.tsx';
import { sumDecisions, VERDICT_COLOURS } from './decision-sums.ts';
import type { DecisionSum } from './decision-sums.ts';
import './decisions.css';

const says = words.policies.decisions;
const all = words.policies;
const STEPS = 72;
const AGAIN_MS = 3000;
const keyOf = ({ key }: DecisionSum): string => key;
const spoken = ({ policy, verdict, app, calls }: DecisionSum): string =>
  says.spoken(policy, all.verdict(verdict), app ?? says.unknownApp, calls);
const acted = (verdict: string): boolean => verdict !== 'allow' && !verdict.startsWith('would-');

/** What policies decided, over time and by whom; what those that observe would have decided is told apart. */
export default function Decisions(): ReactNode {
  const { params } = usePlace();
  const span = readSpan(params['span']);
  const policy = params['policy'] ?? null;
  const allowed = params['allowed'] === 'yes';
  const [table, setTable] = useState(false);
  const [density] = useDensity();
  const api = useApi();
  const { data, error } = useQuery({
    queryKey: ['policies', 'decisions', span, policy],
    queryFn: async ({ signal }) => {
      const step = SPANS[span] / STEPS;
      const until = Math.ceil(boundsOf(span).until / step) * step;
      const asked = { since: until - SPANS[span], until };
      const question = { ...asked, steps: STEPS, ...(policy !== null && { policy }) };
      return { ...asked, span, ...(await api.policies.decisions(question, { signal })) };
    },
    placeholderData: keepPreviousData,
    refetchInterval: AGAIN_MS,
  });
  const sums = useMemo(() => sumDecisions(data?.rows ?? [], { policy, allowed }), [data, policy, allowed]);
  const columns = useMemo(() => columnsOf(span), [span]);
  const calls = (from: number, to: number): Record<string, string> =>
    placeOfCalls({ policy: policy ?? '*' }, rangeBetween(from, to));
  useActions(says.title, [
    { id: 'decisions.table', title: all.keys.table, keys: ['t'], run: () => setTable(!table) },
    ...(policy === null
      ? []
      : [
          {
            id: 'decisions.all',
            title: all.list,
            keys: ['escape'],
            quiet: true,
            run: () => changePlace({ policy: undefined }),
          },
        ]),
  ]);
  const let_ = data?.rows.reduce((sum, { verdict, calls: count }) => sum + (verdict === 'allow' ? count : 0), 0) ?? 0;

  return (
    <>
      <PolicyBar>
        <Choice
          label={all.range}
          value={span}
          options={SPAN_NAMES.map((value) => ({ value, title: all.ranges[value] }))}
          onChange={(value) => changePlace({ span: value === '7d' ? undefined : value })}
        />
        {policy !== null && (
          <span className="decisions-of">
            <a href={linkTo('policies', { policy })}>{policy}</a>
            <IconButton icon={X} label={all.clearFind} onClick={() => changePlace({ policy: undefined })} />
          </span>
        )}
        <span className="page-gap" />
        <label className="decisions-allowed">
          <span className="dim">{says.allowed}</span>
          <Switch
            label={says.allowed}
            on={allowed}
            onChange={(on) => changePlace({ allowed: on ? 'yes' : undefined })}
          />
        </label>
        <IconButton icon={Table2} label={all.keys.table} keys="t" pressed={table} onClick={() => setTable(!table)} />
      </PolicyBar>
      {!data ? (
        error ? (
          <Empty title={says.failed} says={error.message} />
        ) : (
          <Late>
            <p className="page-late dim">{words.general.loading}</p>
          </Late>
        )
      ) : sums.length === 0 ? (
        <Empty title={says.none} says={let_ > 0 ? says.onlyAllowed(let_) : says.noneSays}>
          <Button look="primary" onClick={() => goTo('policies')}>
            {says.toPolicies}
          </Button>
        </Empty>
      ) : (
        <div className="decisions">
          <OverTime
            data={data}
            sums={sums}
            policy={policy}
            allowed={allowed}
            table={table}
            onOpen={(from, to) => goTo('traffic', calls(from, to))}
            hrefOf={(from, to) => linkTo('traffic', calls(from, to))}
          />
          <DenseGrid
            label={says.table}
            rows={sums}
            columns={columns}
            keyOf={keyOf}
            spoken={spoken}
            rowHeight={ROW_HEIGHT[density]}
            onOpen={(row) =>
              goTo('traffic', placeOfCalls({ policy: row.policy, verdicts: [row.verdict], app: row.app }, span))
            }
          />
          <p className="policies-foot dim" role="status">
            {says.sum(
              sums.reduce((sum, { verdict, calls: count }) => sum + (acted(verdict) ? count : 0), 0),
              sums.reduce((sum, { verdict, calls: count }) => sum + (verdict.startsWith('would-') ? count : 0), 0),
            )}
          </p>
        </div>
      )}
    </>
  );
}

interface Shown {
  since: number;
  until: number;
  step: number;
  span: SpanName;
  series: readonly { start: number; verdict: string; calls: number }[];
}

function OverTime({
  data,
  sums,
  policy,
  allowed,
  table,
  onOpen,
  hrefOf,
}: {
  data: Shown;
  sums: readonly DecisionSum[];
  policy: string | null;
  allowed: boolean;
  table: boolean;
  onOpen: (since: number, until: number) => void;
  hrefOf: (since: number, until: number) => string;
}): ReactNode {
  const { since, until, step, series, span } = data;
  const steps = useMemo(() => ({ since, until, step }), [since, until, step]);
  const shown = useMemo(
    () =>
      VERDICT_COLOURS.filter(
        ({ verdict }) => (allowed || verdict !== 'allow') && series.some((one) => one.verdict === verdict),
      ).map(({ verdict, colour }): TimeSeries => {
        const own = series.filter((one) => one.verdict === verdict);
        return {
          id: verdict,
          colour,
          title: all.verdict(verdict),
          total: own.reduce((sum, { calls }) => sum + calls, 0),
          values: fillSteps(steps, own, ({ calls }) => calls, 0),
          href: linkToCalls({ ...(policy !== null && { policy }), verdicts: [verdict] }, span),
        };
      }),
    [series, steps, allowed, span, policy],
  );
  if (shown.length === 0 || sums.length === 0) return null;
  if (table) {
    return (
      <div className="decisions-chart">
        <TimeTable
          label={says.chart}
          steps={steps}
          columns={shown.map((one) => ({ ...one, format: formatCount }))}
          hrefOf={hrefOf}
        />
      </div>
    );
  }
  return (
    <div className="decisions-chart">
      <TimeGroup steps={steps} onSelect={onOpen} onOpen={onOpen}>
        <TimeChart title={says.chart} shape="bars" series={shown} format={formatCount} top={niceCount} height={120} />
      </TimeGroup>
    </div>
  );
}

/** A verdict as a mark and a word; what would have been has a hollow mark. */
export function VerdictMark({ verdict }: { verdict: string }): ReactNode {
  const colour = VERDICT_COLOURS.find((one) => one.verdict === verdict.replace(/^would-/, ''))?.colour ?? '--open';
  return (
    <span className="verdict-mark" data-would={verdict.startsWith('would-') || undefined}>
      <span className="verdict-dot" style={{ color: `var(${colour})` }} aria-hidden />
      {all.verdict(verdict)}
    </span>
  );
}

function columnsOf(span: SpanName): GridColumn<DecisionSum>[] {
  const { column } = says;
  return [
    {
      id: 'policy',
      title: column.policy,
      width: 'minmax(140px, 1.4fr)',
      cell: ({ policy }) => (
        <a href={linkTo('policies', { policy })} title={policy}>
          {policy}
        </a>
      ),
    },
    { id: 'verdict', title: column.verdict, width: '180px', cell: ({ verdict }) => <VerdictMark verdict={verdict} /> },
    {
      id: 'app',
      title: column.app,
      width: 'minmax(110px, 1fr)',
      cell: ({ app }) => app ?? <span className="dense-none">{says.unknownApp}</span>,
    },
    {
      id: 'host',
      title: column.host,
      width: 'minmax(120px, 1.4fr)',
      from: 700,
      cell: ({ hosts }) => (
        <span className="dim" title={hosts.join(', ')}>
          {hosts.length === 1 ? hosts[0] : says.hosts(hosts.length)}
        </span>
      ),
    },
    {
      id: 'calls',
      title: column.calls,
      width: '90px',
      right: true,
      cell: ({ policy, verdict, app, calls }) => (
        <a href={linkToCalls({ policy, verdicts: [verdict], app }, span)}>{all.short(calls)}</a>
      ),
    },
    {
      id: 'waited',
      title: column.waited,
      width: '90px',
      right: true,
      cell: ({ waitUs }) => (waitUs > 0 ? formatDuration(waitUs) : <span className="dense-none">{all.none}</span>),
    },
  ];
}
