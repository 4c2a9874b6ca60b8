import { formatCount, formatDuration } from '../../../shared/format/quantities.ts';
import { words } from '../../words/index.ts';
import { errorRate } from './figures.ts';
import type { GraphNode } from './graph.ts';
import { countryName } from './paint.ts';
import { moneyText, percentText } from './say.ts';

const says = words.map;

/** A node’s name as it is shown. */
export function nameOf({ kind, name, members, group }: GraphNode): string {
  if (members > 1 || (group !== null && name === '')) return kind === 'app' ? name || says.noTeam : says.category(name);
  return kind === 'app' && name === '' ? says.unnamedApp : name;
}

/** What is said of a node after its name, for those who hear it: “vendor, approved, 30,211 calls, 2.1 % errors, called by 2 apps”. */
export function describeNode(node: GraphNode, { callers, callees }: { callers: number; callees: number }): string {
  const { kind, figures, node: known, members, presence, closed } = node;
  const rate = errorRate(figures);
  const country = known?.countries?.endpoint.country;
  return [
    members > 1 ? (kind === 'app' ? says.appsIn(members) : says.vendorsIn(members)) : says.kind[kind],
    known?.status ? says.status[known.status] : null,
    presence === 'added'
      ? says.added
      : presence === 'gone'
        ? says.goneSays
        : presence === 'absent'
          ? says.absentSays
          : null,
    figures.calls > 0 ? says.callsShort(formatCount(figures.calls), figures.calls) : null,
    rate !== null && rate > 0 ? says.errorShare(percentText(rate)) : null,
    figures.p95 === null ? null : says.p95(formatDuration(Math.round(figures.p95))),
    figures.costNanoUsd === null ? null : moneyText(figures.costNanoUsd),
    country ? countryName(country) : null,
    kind === 'vendor' && callers > 0 ? says.calledBy(callers) : null,
    kind === 'app' && callees > 0 ? says.callsVendors(callees) : null,
    kind === 'vendor' && callees + closed > 0 ? says.endpointsIn(callees + closed) : null,
  ]
    .filter((part) => part !== null)
    .join(', ');
}
