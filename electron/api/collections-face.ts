import type { InferContractRouterInputs, InferContractRouterOutputs } from '@orpc/contract';
import type { collections } from '../../shared/contract/collections.ts';
import type { GroupFace } from './group-face.ts';

/** Saved requests, as the engine answers it. */
export type CollectionsFace = GroupFace<
  InferContractRouterInputs<typeof collections>,
  InferContractRouterOutputs<typeof collections>
>;
