import { formatMoney } from '../../../shared/format/money.ts';
import { formatCount, formatDuration, formatSize, shortCount } from '../../../shared/format/quantities.ts';
import { NANO_PER_USD } from '../../../shared/model/money.ts';
import { words } from '../../words/index.ts';
import { amountOf, errorRate } from './figures.ts';
import type { Metric } from './figures.ts';
import type { GraphNode } from './graph.ts';
import type { Figures } from '../../../shared/contract/vendors.ts';

const says = words.map;

/** Nano-dollars where there is room for a glance only: from a hundred dollars on without cents; null as `–`. */
export function moneyText(nano: number | null): string {
  if (nano === null) return '–';
  const usd = nano / NANO_PER_USD;
  return Math.abs(usd) >= 100 ? `$${formatCount(Math.round(usd))}` : formatMoney(nano);
}

/** A share: `2.1 %`, `<0.1 %`. */
export function percentText(share: number): string {
  const value = share * 100;
  if (value === 0) return '0 %';
  if (value < 0.1) return '<0.1 %';
  return `${value >= 9.95 ? Math.round(value) : value.toFixed(1)} %`;
}

/** An amount of what width stands for. */
export function amountText(metric: Metric, amount: number | null): string {
  if (amount === null) return says.notKnown;
  if (metric === 'cost') return moneyText(amount);
  if (metric === 'bytes') return formatSize(amount);
  return formatCount(amount);
}

/** From here on errors are what a node tells of itself. */
const WORTH_SAYING = 0.01;

/** The one figure that tells most, and what comes after it in a dimmer weight; `bad`: it is about errors. */
export function tellingFigure(node: GraphNode, metric: Metric): { text: string; more: string; bad: boolean } {
  const { figures } = node;
  if (node.presence === 'gone') return { text: says.gone, more: '', bad: false };
  if (node.presence === 'absent') return { text: says.notThatDay, more: '', bad: false };
  const rate = errorRate(figures);
  const main = mainFigure(metric, figures);
  if (figures.throttled > 0 && figures.throttled >= figures.errors / 2)
    return { text: says.throttled(shortCount(figures.throttled)), more: main, bad: true };
  if (rate !== null && rate >= WORTH_SAYING && metric !== 'errors')
    return { text: says.errorShare(percentText(rate)), more: main, bad: true };
  return { text: main, more: secondFigure(node), bad: metric === 'errors' && figures.errors > 0 };
}

function mainFigure(metric: Metric, figures: Figures): string {
  if (metric === 'cost' && figures.costNanoUsd !== null) return moneyText(figures.costNanoUsd);
  const amount = amountOf(metric, figures);
  if (metric === 'bytes' && amount !== null) return formatSize(amount);
  if (metric === 'errors') return says.errorsShort(shortCount(figures.errors), figures.errors);
  return says.callsShort(shortCount(figures.calls), figures.calls);
}

function secondFigure({ kind, node, figures, members }: GraphNode): string {
  if (members > 1) return kind === 'app' ? says.appsIn(members) : says.vendorsIn(members);
  if (kind === 'app') return node?.team ?? '';
  if (kind === 'endpoint') return figures.p95 === null ? '' : says.p95(formatDuration(Math.round(figures.p95)));
  return node?.countries?.endpoint.country ?? '';
}
