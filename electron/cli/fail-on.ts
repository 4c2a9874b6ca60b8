import type { BacktestResult } from '../../shared/contract/policies.ts';
import { nearest } from '../../shared/query/suggest.ts';

/** When a backtest counts as failed: `denied>0`, `delayMs.p99>=250`. */
export interface FailOn {
  /** As it was written. */
  text: string;
  what: (typeof NUMBERS)[number];
  compare: keyof typeof COMPARE;
  bound: number;
}

const NUMBERS = [
  'evaluated',
  'matched',
  'denied',
  'delayed',
  'delayMs.p50',
  'delayMs.p90',
  'delayMs.p99',
  'delayMs.max',
  'delayMs.mean',
  'savedNanoUsd',
  'spentNanoUsd',
  'vendor429s',
  'vendor429sAvoided',
  'alerts',
  'retries',
] as const;

const COMPARE = {
  '>': (value: number, bound: number) => value > bound,
  '>=': (value: number, bound: number) => value >= bound,
  '<': (value: number, bound: number) => value < bound,
  '<=': (value: number, bound: number) => value <= bound,
  '==': (value: number, bound: number) => value === bound,
  '!=': (value: number, bound: number) => value !== bound,
} as const;

/** Reads a condition; a text says what is wrong with it. */
export function readFailOn(text: string): FailOn | string {
  const [, name = '', sign = '', number = ''] =
    /^\s*([\w.]+)\s*(>=|<=|==|!=|=|>|<)\s*(-?\d+(?:\.\d+)?)\s*$/.exec(text) ?? [];
  if (name === '') return 'It must be a number of the result, a comparison and a bound, like denied>0.';
  const what = NUMBERS.find((one) => one.toLowerCase() === name.toLowerCase());
  if (what === undefined) {
    const meant = nearest(name, [...NUMBERS]);
    return meant === null
      ? `There is no number “${name}”; it may be one of ${NUMBERS.join(', ')}.`
      : `There is no number “${name}”. Did you mean “${meant}”?`;
  }
  const compare = (sign === '=' ? '==' : sign) as FailOn['compare'];
  return { text: text.trim(), what, compare, bound: Number(number) };
}

/** Which conditions hold, in sentences. What is not known fulfils none; nobody delayed is a delay of 0. */
export function failures(conditions: readonly FailOn[], results: readonly BacktestResult[]): string[] {
  return conditions.flatMap(({ text, what, compare, bound }) =>
    results.flatMap((result) => {
      const value = valueOf(result, what);
      return value !== null && COMPARE[compare](value, bound)
        ? [`${result.policy}: ${what} is ${value} (${text})`]
        : [];
    }),
  );
}

function valueOf(result: BacktestResult, what: FailOn['what']): number | null {
  const [name = '', part] = what.split('.');
  const value = (result as unknown as Record<string, unknown>)[name];
  if (part === undefined) return typeof value === 'number' ? value : null;
  if (value === null) return 0;
  const inner = (value as Record<string, unknown>)[part];
  return typeof inner === 'number' ? inner : null;
}
