import { useMemo } from 'react';
import type { ReactNode } from 'react';
import type { CostRow } from '../../../shared/contract/costs.ts';
import { ROW_HEIGHT, useDensity } from '../../data/appearance.ts';
import { changePlace, goTo, useParam } from '../../data/location.ts';
import { DenseGrid } from '../../ui/dense-grid.tsx';
import { words } from '../../words/index.ts';
import { callsOf, nextDimension, paramOf } from './cost-place.ts';
import type { CostPlace } from './cost-place.ts';
import { costColumns } from './cost-columns.tsx';
import type { VendorNames } from '../../data/vendor-names.ts';
import { nameOf } from './names.ts';
import type { Shown } from './use-costs.ts';

const says = words.costs;

const VALUE: Readonly<Record<string, (row: CostRow) => number | null>> = {
  cost: ({ costNanoUsd }) => costNanoUsd,
  share: ({ costNanoUsd }) => costNanoUsd,
  calls: ({ calls }) => calls,
  sure: ({ unpricedCalls }) => unpricedCalls,
  perCall: ({ costNanoUsd, pricedCalls }) => (costNanoUsd === null ? null : costNanoUsd / Math.max(1, pricedCalls)),
  input: ({ inputTokens, tokenCalls }) => (tokenCalls === 0 ? null : inputTokens),
  cached: ({ inputTokens, cacheReadTokens }) => (inputTokens === 0 ? null : cacheReadTokens / inputTokens),
  output: ({ outputTokens, tokenCalls }) => (tokenCalls === 0 ? null : outputTokens),
};

/** What the costs are made of: a row leads to what it is made of itself, its calls to Traffic. */
export function Breakdown({
  shown: { rows, total, now },
  place,
  names,
}: {
  shown: Shown;
  place: CostPlace;
  names: VendorNames | undefined;
}): ReactNode {
  const { by, path, range } = place;
  const sort = useParam('sort');
  const [density] = useDensity();
  const sortedBy = sort.replace(/^-/, '');
  const order = { by: sort === '' ? 'cost' : sortedBy, descending: sort === '' || sort.startsWith('-') };
  const next = nextDimension(by, path);
  const sorted = useMemo(() => {
    const value = VALUE[order.by];
    const named = (row: CostRow): string => nameOf({ dimension: by, value: row.keys[by] ?? null }, names);
    const sign = order.descending ? -1 : 1;
    return rows.toSorted((a, b) => {
      const byName = named(a) < named(b) ? -1 : 1;
      if (!value) return byName * sign;
      const [x, y] = [value(a), value(b)];
      // What is not known comes last, whichever way round.
      if (x === null || y === null) return x === y ? byName : x === null ? 1 : -1;
      return x === y ? byName : (x - y) * sign;
    });
  }, [rows, order.by, order.descending, by, names]);

  const columns = useMemo(() => costColumns({ rows, total, place, now, names }), [rows, total, place, now, names]);

  return (
    <DenseGrid
      label={says.breakdown}
      rows={sorted}
      columns={columns}
      keyOf={(row) => row.keys[by] ?? ''}
      spoken={(row) =>
        says.spoken(
          nameOf({ dimension: by, value: row.keys[by] ?? null }, names),
          says.money(row.costNanoUsd, row.estimatedNanoUsd),
          row.calls,
        )
      }
      rowHeight={ROW_HEIGHT[density]}
      order={order}
      onOrder={(id) => {
        const descending = order.by === id ? !order.descending : id !== 'name';
        changePlace({ sort: id === 'cost' && descending ? undefined : `${descending ? '-' : ''}${id}` });
      }}
      onOpen={(row) => {
        const step = { dimension: by, value: row.keys[by] ?? null };
        if (next !== null) changePlace({ ...paramOf(step), by: next, sort: undefined }, true);
        else {
          const calls = callsOf([...path, step], range, now);
          if (calls) goTo('traffic', calls);
        }
      }}
    />
  );
}
