import type { GraphEdge } from './graph.ts';
import { amountOf } from './figures.ts';
import type { Metric } from './figures.ts';

/** How amounts become widths. */
export interface WidthScale {
  kind: 'sqrt' | 'log';
  /** Least and most above nothing; null when nothing has an amount. */
  least: number | null;
  most: number | null;
  /** Pixels; null: no amount is known. */
  width: (amount: number | null) => number | null;
}

const THINNEST = 1.5;
const THICKEST = 16;
/** From here on a square root would leave all but a few edges equally thin. */
const FOR_LOG = 100_000;

/** The scale of what is drawn: by the square root, or by the logarithm when amounts differ by more than five digits. */
export function widthScale(edges: readonly GraphEdge[], metric: Metric): WidthScale {
  let least: number | null = null;
  let most: number | null = null;
  for (const { figures } of edges) {
    const amount = amountOf(metric, figures);
    if (amount === null || amount <= 0) continue;
    least = least === null ? amount : Math.min(least, amount);
    most = most === null ? amount : Math.max(most, amount);
  }
  const kind = least !== null && most !== null && most / least > FOR_LOG ? 'log' : 'sqrt';
  return {
    kind,
    least,
    most,
    width(amount) {
      if (amount === null) return null;
      if (amount <= 0 || least === null || most === null) return THINNEST;
      const share =
        kind === 'sqrt' ? Math.sqrt(amount / most) : Math.log(amount / least + 1) / Math.log(most / least + 1);
      return THINNEST + (THICKEST - THINNEST) * Math.min(1, share);
    },
  };
}
