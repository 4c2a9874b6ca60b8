import { useMemo, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import type { DependencyMap } from '../../../../shared/contract/map.ts';
import { changePlace } from '../../../data/location.ts';
import { Choice } from '../../../ui/fields.tsx';
import { words } from '../../../words/index.ts';
import { amountOf } from '../figures.ts';
import type { MapState } from '../map-state.ts';
import { basisText, countryName, WHERES } from '../paint.ts';
import { amountText } from '../say.ts';
import { StatusMark } from '../vendor-tile.tsx';
import { byCountry } from './by-country.ts';
import type { CountryRow } from './by-country.ts';
import { COUNTRIES, HEIGHT, MIDDLES, OUTLINE, WIDTH } from './world-shape.ts';
import './world.css';

const says = words.map;
const SMALLEST = 4;
const LARGEST = 22;

/** Where vendors are, by one of the three questions about countries; what is not known is listed as that. */
export default function WorldView({
  map,
  state,
  onSelect,
}: {
  map: DependencyMap;
  state: MapState;
  onSelect: (id: string) => void;
}): ReactNode {
  const { where, width: metric } = state;
  const rows = useMemo(() => byCountry(map, where, metric), [map, where, metric]);
  const [pointed, setPointed] = useState<string | null>(null);
  const list = useRef<HTMLDivElement>(null);
  const most = Math.max(1, ...rows.map(({ amount }) => amount ?? 0));
  const placed = rows.flatMap((row) => {
    const middle = row.country === null ? undefined : MIDDLES.get(row.country);
    return middle ? [{ row, middle }] : [];
  });
  const share = new Map(placed.map(({ row }) => [row.country, Math.sqrt((row.amount ?? 0) / most)]));
  const show = (country: string | null): void => {
    setPointed(country);
    list.current?.querySelector(`[data-country="${country ?? ''}"]`)?.scrollIntoView({ block: 'nearest' });
  };
  return (
    <div className="world">
      <div className="world-left">
        <div className="world-tools">
          <Choice
            label={says.whereLabel}
            value={where}
            options={WHERES.map((value) => ({ value, title: says.where[value] }))}
            onChange={(value) => changePlace({ where: value === 'endpoint' ? undefined : value })}
          />
        </div>
        <div className="world-stage">
          <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={says.worldTitle}>
            <clipPath id="world-edge">
              <path d={OUTLINE} />
            </clipPath>
            <path d={OUTLINE} className="world-sea" />
            <g clipPath="url(#world-edge)">
              {COUNTRIES.map(({ code, name, path }) => {
                const part = code === null ? undefined : share.get(code);
                return (
                  <path
                    key={name}
                    d={path}
                    className="world-country"
                    data-in={part !== undefined || undefined}
                    data-pointed={(code !== null && code === pointed) || undefined}
                    style={
                      part === undefined
                        ? undefined
                        : { fill: `color-mix(in srgb, var(--moved) ${Math.round(22 + part * 38)}%, var(--raised))` }
                    }
                    onClick={part === undefined ? undefined : () => show(code)}
                  />
                );
              })}
            </g>
            {placed.map(({ row, middle }) => (
              <Circle
                key={row.country}
                row={row}
                at={middle}
                share={share.get(row.country) ?? 0}
                pointed={row.country === pointed}
              />
            ))}
          </svg>
          {placed.length === 0 && <p className="world-none">{says.worldNone}</p>}
        </div>
        <p className="world-foot">{says.worldSize(says.metric[metric])}</p>
      </div>
      <div className="world-list" ref={list} role="region" aria-label={says.worldList} tabIndex={-1}>
        {rows.map((row) => (
          <Country
            key={row.country ?? ''}
            row={row}
            state={state}
            pointed={row.country !== null && row.country === pointed}
            onPoint={setPointed}
            onSelect={onSelect}
          />
        ))}
      </div>
    </div>
  );
}

function Circle({
  row,
  at,
  share,
  pointed,
}: {
  row: CountryRow;
  at: { x: number; y: number };
  share: number;
  pointed: boolean;
}): ReactNode {
  const radius = SMALLEST + (LARGEST - SMALLEST) * share;
  return (
    <g className="world-circle" data-pointed={pointed || undefined}>
      <circle cx={at.x} cy={at.y} r={radius} />
      {(share > 0.12 || pointed) && (
        <text x={at.x} y={at.y} dy={radius > 12 ? 4 : -radius - 3} textAnchor="middle">
          {row.country}
        </text>
      )}
    </g>
  );
}

function Country({
  row,
  state,
  pointed,
  onPoint,
  onSelect,
}: {
  row: CountryRow;
  state: MapState;
  pointed: boolean;
  onPoint: (country: string | null) => void;
  onSelect: (id: string) => void;
}): ReactNode {
  const { country, vendors, amount } = row;
  const { where, width: metric } = state;
  const name = country === null ? says.worldUnknown : country === 'EU' ? says.worldUnion : countryName(country);
  return (
    <section
      data-country={country ?? ''}
      data-pointed={pointed || undefined}
      aria-label={says.worldCountry(name, vendors.length, amountText(metric, amount))}
      onPointerEnter={() => onPoint(country)}
      onPointerLeave={() => onPoint(null)}
    >
      <h3>
        {name}
        {country !== null && !MIDDLES.has(country) && country !== 'EU' && (
          <span className="unit">{says.worldNowhere}</span>
        )}
        <span className="world-amount">
          {amountText(metric, amount)} <span className="unit">{says.metric[metric]}</span>
        </span>
      </h3>
      <ul>
        {vendors.map((vendor) => {
          const claim = vendor.countries?.[where];
          return (
            <li key={vendor.id} data-selected={vendor.id === state.selected || undefined}>
              <button type="button" onClick={() => onSelect(vendor.id)}>
                <span className="world-vendor">
                  <span className="ellipsis">{vendor.name}</span>
                  {vendor.status && vendor.status !== 'approved' && <StatusMark status={vendor.status} />}
                  <span className="world-amount">{amountText(metric, amountOf(metric, vendor))}</span>
                </span>
                <span className="world-basis">
                  {claim?.region !== null && claim?.region !== undefined && (
                    <span className="mono">{claim.region} </span>
                  )}
                  {claim ? (claim.country === null ? claim.says : basisText(claim)) : says.noBasis}
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
