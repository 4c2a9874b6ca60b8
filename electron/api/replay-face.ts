import type { InferContractRouterInputs, InferContractRouterOutputs } from '@orpc/contract';
import type { replay } from '../../shared/contract/replay.ts';
import type { GroupFace } from './group-face.ts';

/** Sending calls again, as the engine answers it. */
export type ReplayFace = GroupFace<InferContractRouterInputs<typeof replay>, InferContractRouterOutputs<typeof replay>>;
