import type { InferContractRouterInputs, InferContractRouterOutputs } from '@orpc/contract';
import type { environments } from '../../shared/contract/environments.ts';
import type { GroupFace } from './group-face.ts';

/** Values of variables, as the engine answers it. */
export type EnvironmentsFace = GroupFace<
  InferContractRouterInputs<typeof environments>,
  InferContractRouterOutputs<typeof environments>
>;
