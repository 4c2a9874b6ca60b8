import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { BacktestResult } from '../../../../shared/contract/policies.ts';
import { formatMoney } from '../../../../shared/format/money.ts';
import { formatCount, formatDuration } from '../../../../shared/format/quantities.ts';
import { Button, IconButton } from '../../../ui/button.tsx';
import { words } from '../../../words/index.ts';
import { readDraft } from './draft.ts';

const says = words.tuner;

/** Several drafts side by side, tried on the same calls. */
export function Compare({
  candidates,
  results,
  onUse,
  onDrop,
}: {
  /** The first is the draft as it is now. */
  candidates: readonly string[];
  results: readonly BacktestResult[];
  onUse: (text: string) => void;
  onDrop: (index: number) => void;
}): ReactNode {
  return (
    <section className="tuner-compare" aria-label={says.compare}>
      <h2>{says.compare}</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">{says.candidate}</th>
            <th scope="col">{says.figures.refused}</th>
            <th scope="col">{says.figures.waits}</th>
            <th scope="col">p99</th>
            <th scope="col">{says.figures.avoided}</th>
            <th scope="col">{says.figures.saved}</th>
            <th aria-label={says.use} />
          </tr>
        </thead>
        <tbody>
          {candidates.map((text, index) => {
            const result = results[index];
            return (
              <tr key={index} aria-current={index === 0 || undefined}>
                <th scope="row">
                  {nameOf(text)}
                  {index === 0 && <span className="dim"> {says.now}</span>}
                </th>
                <td>{result ? formatCount(result.denied) : '…'}</td>
                <td>{result ? formatCount(result.delayed) : '…'}</td>
                <td>{result?.delayMs ? formatDuration(result.delayMs.p99 * 1000) : '–'}</td>
                <td>{result ? formatCount(result.vendor429sAvoided) : '…'}</td>
                <td>{result ? formatMoney(result.savedNanoUsd) : '…'}</td>
                <td>
                  {index > 0 && (
                    <>
                      <Button look="quiet" onClick={() => onUse(text)}>
                        {says.use}
                      </Button>
                      <IconButton icon={X} label={says.drop} onClick={() => onDrop(index - 1)} />
                    </>
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

function nameOf(text: string): string {
  const draft = readDraft(text);
  if (draft === null) return says.unreadable;
  const { algorithm, kind, limit, window, burst, action, per } = draft;
  return [
    algorithm ?? kind,
    limit === null ? '' : `${formatCount(limit)}${window === null ? '' : says.per(window)}`,
    burst === null ? '' : `+${formatCount(burst)}`,
    per.length > 0 ? per.join(', ') : '',
    action === 'wait' ? says.actions.wait : '',
  ]
    .filter((one) => one !== '')
    .join(' · ');
}
