import type { Tier } from '../model/usage.ts';
import type { Price } from './amounts.ts';
import type { TokenLeaf } from './token-leaves.ts';

/** A model's price as the user's file says it, in nano-dollars. */
export interface OwnModelPrice {
  vendor: string;
  /** With `*`. */
  model: string;
  /** Priced as this model of the lists: a deployment's name. Then it says no prices. */
  as?: string;
  tier?: Tier;
  app?: string;
  credential?: string;
  /** First and last day, UTC. */
  from?: string;
  until?: string;
  leaves: Partial<Record<TokenLeaf, Price>>;
  units: Record<string, Price>;
}

/** `prices.yaml`, read and checked. */
export interface PricesFile {
  models: readonly OwnModelPrice[];
}

export const NO_OWN_PRICES: PricesFile = { models: [] };
