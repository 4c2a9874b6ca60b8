import type { InferContractRouterInputs, InferContractRouterOutputs } from '@orpc/contract';
import type { costs } from '../../shared/contract/costs.ts';
import type { map } from '../../shared/contract/map.ts';
import type { vendors } from '../../shared/contract/vendors.ts';

/** Why a question about vendors, costs or the map cannot be answered, or something not be said. */
export type PictureProblem =
  | { problem: 'not-found'; id: string }
  | { problem: 'bad'; why: string; remedy: string }
  /** It takes an engine, and a store is read without one. */
  | { problem: 'not-running' };

type Asked = {
  vendors: InferContractRouterInputs<typeof vendors>;
  costs: InferContractRouterInputs<typeof costs>;
  map: InferContractRouterInputs<typeof map>;
};
type Told = {
  vendors: InferContractRouterOutputs<typeof vendors>;
  costs: InferContractRouterOutputs<typeof costs>;
  map: InferContractRouterOutputs<typeof map>;
};

/** One group of the contract as the engine answers it, by shape. `signal` gives long work up. */
type Face<Group extends keyof Asked> = {
  [Name in keyof Asked[Group] & keyof Told[Group]]: (
    asked: Asked[Group][Name],
    signal?: AbortSignal,
  ) => Promise<Told[Group][Name] | PictureProblem>;
};

export type VendorsFace = Face<'vendors'>;
export type CostsFace = Face<'costs'>;
export type MapFace = Face<'map'>;
