import type { InferContractRouterInputs, InferContractRouterOutputs } from '@orpc/contract';
import type { mocks } from '../../shared/contract/mocks.ts';
import type { GroupFace } from './group-face.ts';

/** Answering calls in place of origins, as the engine does it. */
export type MocksFace = GroupFace<InferContractRouterInputs<typeof mocks>, InferContractRouterOutputs<typeof mocks>>;
