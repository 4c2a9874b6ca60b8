import { implement } from '@orpc/server';
import { contract } from '../../shared/contract/index.ts';
import type { EngineFace } from './engine-face.ts';
import { orRefuse } from './picture-problem.ts';

/** The contract's questions about vendors. */
export function answerVendors({ vendors }: EngineFace) {
  const ask = implement(contract.vendors);
  return ask.router({
    list: ask.list.handler(async ({ input, signal }) => orRefuse(await vendors.list(input, signal), {})),
    get: ask.get.handler(async ({ input, signal, errors }) => orRefuse(await vendors.get(input, signal), errors)),
    change: ask.change.handler(async ({ input, errors }) =>
      orRefuse(await vendors.change(input), { ...errors, bad: errors.BAD_VENDOR }),
    ),
    assign: ask.assign.handler(async ({ input, errors }) =>
      orRefuse(await vendors.assign(input), { ...errors, bad: errors.BAD_VENDOR }),
    ),
    template: ask.template.handler(async ({ input, errors }) =>
      orRefuse(await vendors.template(input), { ...errors, bad: errors.BAD_VENDOR }),
    ),
    headroom: ask.headroom.handler(async ({ input, signal }) => orRefuse(await vendors.headroom(input, signal), {})),
  });
}
