import { FileWarning, RefreshCw } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { formatMoney } from '../../../shared/format/money.ts';
import { partName, priceWords } from '../../../shared/format/metering-words.ts';
import { formatCount } from '../../../shared/format/quantities.ts';
import { linkTo } from '../../data/location.ts';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Late } from '../../ui/late.tsx';
import { words } from '../../words/index.ts';
import { linkToCalls } from './cost-place.ts';
import type { VendorNames } from '../../data/vendor-names.ts';
import { nameOf } from './names.ts';
import { Reprice } from './reprice.tsx';
import { usePrices } from './use-costs.ts';

const says = words.costs;
const WHEN = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
const DAY = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' });

/** Prices in force with where they are from, contracts and how much of them is used, and pricing anew. */
export function Prices({ range, names }: { range: string; names: VendorNames | undefined }): ReactNode {
  const { data, error } = usePrices(range);
  const [repricing, setRepricing] = useState(false);
  if (!data) {
    return error ? (
      <Empty title={says.failed} says={error.message} />
    ) : (
      <Late>
        <p className="page-late dim">{words.general.loading}</p>
      </Late>
    );
  }
  const { file, problems, versions, prices, contracts, repricings } = data;
  const now = Date.now() * 1000;
  const vendorName = (id: string): string => nameOf({ dimension: 'vendor', value: id }, names);
  return (
    <div className="page-body costs-page">
      {problems.length > 0 && (
        <div className="costs-problems" role="alert">
          <FileWarning size={14} aria-hidden />
          <div>
            <strong>{says.problemsTitle(problems.length)}</strong>
            <ul>
              {problems.map(({ line, column, says: what }) => (
                <li key={`${line}:${column} ${what}`}>
                  <span className="mono">{says.problemAt(line, column)}</span> {what}
                </li>
              ))}
            </ul>
          </div>
        </div>
      )}
      <section aria-label={says.contracts} className="costs-part">
        <h2>{says.contracts}</h2>
        {contracts.length === 0 && <p className="dim">{says.noContracts}</p>}
        <ul className="costs-contracts">
          {contracts.map((one) => (
            <li key={`${one.vendor} ${one.says} ${one.from}`}>
              <a href={linkTo('vendors', { vendor: one.vendor })}>{vendorName(one.vendor)}</a>
              <span>
                {one.says} <span className="unit">{says.contractSpan(one.from, one.until)}</span>
              </span>
              {one.commitmentNanoUsd !== null && (
                <span className="costs-used">
                  <span className="costs-used-bar" aria-hidden>
                    <span
                      style={{
                        width: `${Math.min(100, ((one.usedNanoUsd ?? 0) / Math.max(1, one.commitmentNanoUsd)) * 100)}%`,
                      }}
                    />
                  </span>
                  {says.contractUsed(formatMoney(one.usedNanoUsd), formatMoney(one.commitmentNanoUsd))}
                </span>
              )}
            </li>
          ))}
        </ul>
      </section>
      <section aria-label={says.repricings} className="costs-part">
        <header>
          <h2>{says.repricings}</h2>
          <Button icon={RefreshCw} onClick={() => setRepricing(true)}>
            {says.reprice}
          </Button>
        </header>
        {repricings.length === 0 && <p className="dim">{says.noRepricings}</p>}
        <ul className="costs-rows">
          {repricings.map((one) => (
            <li key={one.id}>
              <span>{WHEN.format(one.at / 1000)}</span>
              <span className="dim">
                {says.repricingSays(one.calls, `${DAY.format(one.since / 1000)} – ${DAY.format(one.until / 1000)}`)}
              </span>
              <span className="costs-rows-end">
                {formatMoney(one.beforeNanoUsd)} → {formatMoney(one.afterNanoUsd)}
              </span>
            </li>
          ))}
        </ul>
      </section>
      <section aria-label={says.prices} className="costs-part">
        <header>
          <h2>{says.prices}</h2>
          <p className="dim ellipsis" title={says.priceFile(file)}>
            {[...versions.map(({ source, version }) => `${source} ${version}`), file].join(' · ')}
          </p>
        </header>
        {prices.length === 0 ? (
          <p className="dim">{says.noPrices}</p>
        ) : (
          <table className="costs-prices">
            <thead>
              <tr>
                {(['vendor', 'model', 'what', 'price', 'from', 'source', 'calls'] as const).map((id) => (
                  <th key={id} scope="col" data-column={id}>
                    {says.priceColumn[id]}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {prices.map((one) => (
                <tr key={`${one.id} ${one.what} ${one.from}`}>
                  <th scope="row">{vendorName(one.vendor)}</th>
                  <td>{one.model ?? one.id}</td>
                  <td>{partName(one.what)}</td>
                  <td data-column="price">{priceWords(one)}</td>
                  <td>{one.from === null ? says.none : says.since(one.from)}</td>
                  <td className="dim">{one.source}</td>
                  <td data-column="calls">
                    {one.calls === 0 ? (
                      <span className="dense-none">0</span>
                    ) : (
                      <a
                        href={linkToCalls(
                          [
                            { dimension: 'vendor', value: one.vendor },
                            ...(one.model === null ? [] : [{ dimension: 'model', value: `${one.model}*` }]),
                          ],
                          range,
                          now,
                        )}
                      >
                        {formatCount(one.calls)}
                      </a>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </section>
      {repricing && <Reprice range={range} vendorName={vendorName} onClose={() => setRepricing(false)} />}
    </div>
  );
}
