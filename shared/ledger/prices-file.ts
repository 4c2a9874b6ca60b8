import type { NanoUsd } from '../model/money.ts';
import type { Tier } from '../model/usage.ts';
import type { Price } from './amounts.ts';
import type { TokenLeaf } from './token-leaves.ts';
import type { Currencies } from './units/currencies.ts';
import type { UnitPrice } from './units/unit-price.ts';

/** Which calls something of the user's is about. */
export interface Scope {
  vendor: string;
  app?: string;
  /** Fingerprint of the secret, as calls show it. */
  credential?: string;
  /** First and last day, UTC. */
  from?: string;
  until?: string;
}

/** A model's price as the user's file says it. */
export interface OwnModelPrice extends Scope {
  /** With `*`. */
  model: string;
  /** Priced as this model of the lists: a deployment's name. Then it says no prices. */
  as?: string;
  tier?: Tier;
  leaves: Partial<Record<TokenLeaf, Price>>;
  units: Record<string, Price>;
}

/** What was agreed with a vendor. Private prices stand among `models` and `units`, and take no discount. */
export interface Contract extends Scope {
  /** Unique. */
  name: string;
  /** With `*`; only these models. */
  model?: string;
  /** Percent off list prices. */
  discount?: number;
  /** By token leaf or unit: so much of each calendar month (UTC) costs nothing. */
  freePerMonth?: Readonly<Record<string, number>>;
  /** What is paid in any case, for a month. */
  commitmentNanoUsd?: NanoUsd;
}

/** `prices.yaml`, read and checked. */
export interface PricesFile {
  /** Tells one state of the file from another. */
  version: string;
  currencies: Currencies;
  models: readonly OwnModelPrice[];
  units: readonly UnitPrice[];
  contracts: readonly Contract[];
}

export const NO_OWN_PRICES: PricesFile = { version: '', currencies: {}, models: [], units: [], contracts: [] };

/** Where a price of the user's is from. */
export function ownVersion({ version }: PricesFile): string {
  return version === '' ? 'prices.yaml' : `prices.yaml ${version}`;
}

/** Whether something of the user's is about a call; the day is worked out only where it matters. */
export function isAbout(
  scope: Scope,
  call: { vendor: string; app: string | null; credential: string | null },
  at: number,
): boolean {
  return (
    scope.vendor === call.vendor &&
    (scope.app === undefined || scope.app === call.app) &&
    (scope.credential === undefined || scope.credential === call.credential) &&
    isWithin(scope, at)
  );
}

/** Whether a moment (microseconds) lies between a first and a last day, UTC. */
export function isWithin({ from, until }: { from?: string; until?: string }, at: number): boolean {
  if (from === undefined && until === undefined) return true;
  const day = dayOf(at);
  return (from === undefined || day >= from) && (until === undefined || day <= until);
}

/** Day of a moment (microseconds) in UTC, `2026-11-23`. */
function dayOf(at: number): string {
  return new Date(at / 1000).toISOString().slice(0, 10);
}
