import { EyeOff, Table2 } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import type { Coverage, NotSeen } from '../../../shared/contract/coverage.ts';
import { NotSeenList } from '../../callers/not-seen-list.tsx';
import { useActions } from '../../data/actions.ts';
import { changePlace, usePlace } from '../../data/location.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Choice, TextField } from '../../ui/fields.tsx';
import { Late } from '../../ui/late.tsx';
import { words } from '../../words/index.ts';
import { ByHour } from './by-hour.tsx';
import { Parts } from './parts.tsx';
import { SPAN_NAMES, useCoverageOf } from './use-coverage.ts';
import type { SpanName } from './use-coverage.ts';
import '../../ui/page.css';
import './coverage.css';

const says = words.coverage;

/** How much of what leaves this machine is seen, what is not, and what would make it seen. */
export default function CoveragePage(): ReactNode {
  const { params } = usePlace();
  const span: SpanName = SPAN_NAMES.find((one) => one === params['span']) ?? '24h';
  const { data, error } = useCoverageOf(span);
  const [table, setTable] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  useActions(says.title, [
    { id: 'coverage.table', title: table ? says.hideTable : says.showTable, keys: ['t'], run: () => setTable(!table) },
    { id: 'coverage.find', title: says.find, keys: ['/', 'mod+f'], run: () => field.current?.focus() },
    ...SPAN_NAMES.map((name) => ({
      id: `coverage.span.${name}`,
      title: `${says.span}: ${says.spans[name]}`,
      run: () => changePlace({ span: name }),
    })),
  ]);
  return (
    <>
      <header className="page-bar">
        <h1>{says.title}</h1>
        <Choice
          label={says.span}
          value={span}
          options={SPAN_NAMES.map((value) => ({ value, title: says.spans[value] }))}
          onChange={(value) => changePlace({ span: value === '24h' ? undefined : value })}
        />
        <span className="page-gap" />
        <IconButton
          icon={Table2}
          label={table ? says.hideTable : says.showTable}
          keys="t"
          pressed={table}
          onClick={() => setTable(!table)}
        />
      </header>
      {error ? (
        <Empty title={says.failed} says={error.message} />
      ) : data === undefined ? (
        <Late>
          <p className="page-late dim">{words.general.loading}</p>
        </Late>
      ) : (
        <div className="page-body">
          <Number coverage={data.whole} />
          <ByHour steps={data.chart} hours={data.hours} table={table} />
          <List field={field} notSeen={data.notSeen} more={data.more} looked={data.whole.sampler.works} />
        </div>
      )}
    </>
  );
}

/** The number, in words, with what it is made of. */
function Number({ coverage }: { coverage: Coverage }): ReactNode {
  const { share, parts, sampler } = coverage;
  const all = parts.seen + parts.around;
  return (
    <section className="coverage-top" aria-label={says.partsList}>
      <div className="coverage-number">
        <strong data-none={share === null || undefined}>{share === null ? '–' : says.percent(share)}</strong>
        <p>{share === null ? says.noneYet : says.of(parts.seen, all)}</p>
      </div>
      <Parts parts={parts} />
      {!sampler.works && (
        <p className="coverage-blind" role="note">
          <EyeOff size={14} aria-hidden />
          <span>
            <strong>{says.blindTitle}.</strong> {sampler.why} {says.blindSays}
          </span>
        </p>
      )}
    </section>
  );
}

function List({
  field,
  notSeen,
  more,
  looked,
}: {
  field: React.RefObject<HTMLInputElement | null>;
  notSeen: readonly NotSeen[];
  more: boolean;
  /** Whether anybody looks at what goes around. */
  looked: boolean;
}): ReactNode {
  const [typed, setTyped] = useState('');
  const found = useMemo(() => {
    const wanted = typed.toLowerCase().split(/\s+/).filter(Boolean);
    return notSeen.filter(({ app, process, host, address, reason }) => {
      const text = `${app ?? ''}\n${process}\n${host}\n${address}\n${words.callers.notSeen.reason[reason]}`.toLowerCase();
      return wanted.every((word) => text.includes(word));
    });
  }, [notSeen, typed]);
  return (
    <section className="coverage-list" aria-label={says.notSeen}>
      <header>
        <h2>{says.notSeen}</h2>
        <p className="dim">{says.notSeenSays}</p>
        {notSeen.length > 0 && (
          <TextField
            ref={field}
            aria-label={says.find}
            placeholder={says.find}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Escape') return;
              if (typed === '') event.currentTarget.blur();
              setTyped('');
              event.stopPropagation();
            }}
          />
        )}
      </header>
      {found.length > 0 ? (
        <NotSeenList list={found} more={more} />
      ) : notSeen.length > 0 ? (
        <p className="coverage-none dim">
          {says.noneFound(typed)} <Button onClick={() => setTyped('')}>{says.clear}</Button>
        </p>
      ) : (
        looked && (
          <p className="coverage-none">
            <strong>{says.nothingTitle}.</strong> <span className="dim">{says.nothingSays}</span>
          </p>
        )
      )}
    </section>
  );
}
