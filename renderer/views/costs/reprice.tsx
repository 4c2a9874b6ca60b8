import { useState } from 'react';
import type { ReactNode } from 'react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { formatMoney } from '../../../shared/format/money.ts';
import { formatCount } from '../../../shared/format/quantities.ts';
import { useApi } from '../../client/api-context.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { toast } from '../../ui/toasts.tsx';
import { words } from '../../words/index.ts';
import { boundsOf } from './cost-place.ts';

const says = words.costs;
const MOST = 12;

/** What pricing anew would change; written only by the button that says how much. */
export function Reprice({
  range,
  vendorName,
  onClose,
}: {
  range: string;
  vendorName: (id: string) => string;
  onClose: () => void;
}): ReactNode {
  const api = useApi();
  const queries = useQueryClient();
  // What is written is the span that was looked at, though time goes on.
  const [span] = useState(() => boundsOf(range, Date.now() * 1000));
  const { data, error } = useQuery({
    queryKey: ['reprice', span],
    queryFn: ({ signal }) => api.costs.reprice({ ...span, apply: false }, { signal }),
    gcTime: 0,
    retry: false,
  });
  const apply = useMutation({
    mutationFn: () => api.costs.reprice({ ...span, apply: true }),
    onSuccess: async ({ calls }) => {
      onClose();
      await queries.invalidateQueries({ queryKey: ['costs'] });
      toast(says.repriceDone(calls));
    },
    onError: (fault: Error) => toast(says.repriceFailed, { says: fault.message }),
  });
  return (
    <Dialog open wide onClose={onClose} title={says.repriceTitle}>
      <div className="costs-reprice">
        <p className="dim">{says.repriceSays}</p>
        {error ? (
          <p role="alert" className="costs-refused">
            {error.message}
          </p>
        ) : !data ? (
          <p className="dim" role="status">
            {says.repriceLooking}
          </p>
        ) : data.calls === 0 ? (
          <p role="status">{says.repriceNone(data.looked)}</p>
        ) : (
          <>
            <p role="status">
              {says.repriceDifference(data.calls, data.looked)}:{' '}
              <strong>
                {formatMoney(data.beforeNanoUsd)} → {formatMoney(data.afterNanoUsd)}
              </strong>
              {data.nowKnown + data.nowUnknown > 0 && (
                <span className="dim"> · {says.repriceNow(data.nowKnown, data.nowUnknown)}</span>
              )}
            </p>
            <table className="costs-prices">
              <thead>
                <tr>
                  <th scope="col">{says.repriceColumn.what}</th>
                  <th scope="col" data-column="calls">
                    {says.repriceColumn.calls}
                  </th>
                  <th scope="col" data-column="price">
                    {says.repriceColumn.before}
                  </th>
                  <th scope="col" data-column="price">
                    {says.repriceColumn.after}
                  </th>
                  <th scope="col">{says.repriceColumn.price}</th>
                </tr>
              </thead>
              <tbody>
                {data.rows.slice(0, MOST).map((row) => (
                  <tr key={`${row.vendor} ${row.model} ${row.price} ${row.priceVersion}`}>
                    <th scope="row">
                      {row.vendor === null ? says.unknownValue('vendor') : vendorName(row.vendor)}{' '}
                      <span className="unit">{row.model ?? ''}</span>
                    </th>
                    <td data-column="calls">{formatCount(row.calls)}</td>
                    <td data-column="price">{formatMoney(row.beforeNanoUsd)}</td>
                    <td data-column="price">{formatMoney(row.afterNanoUsd)}</td>
                    <td className="dim">{row.price ?? says.none}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </>
        )}
        <div className="dialog-buttons">
          <Button onClick={onClose}>{words.general.cancel}</Button>
          {data && data.calls > 0 && (
            <Button look="primary" disabled={apply.isPending} onClick={() => apply.mutate()}>
              {says.repriceApply(data.calls)}
            </Button>
          )}
        </div>
      </div>
    </Dialog>
  );
}
