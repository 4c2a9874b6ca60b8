import { implement } from '@orpc/server';
import { contract } from '../../shared/contract/index.ts';
import type { EngineFace } from './engine-face.ts';
import type { PolicyProblem } from './policies-face.ts';

interface Refusals {
  ENGINE_NOT_RUNNING?: () => Error;
  POLICY_NOT_FOUND?: () => Error;
  POLICIES_CHANGED?: (options: { data: { version: number } }) => Error;
  BAD_POLICIES?: (options: {
    message: string;
    data: { problems: { line: number; column: number; says: string }[] };
  }) => Error;
  BAD_WHAT_IF?: (options: { message: string; data: { why: string; remedy: string } }) => Error;
}

/** The contract's questions about policies. */
export function answerPolicies({ policies }: EngineFace) {
  const ask = implement(contract.policies);
  return ask.router({
    get: ask.get.handler(async ({ input, signal }) => orRefuse(await policies.get(input, signal), {})),
    check: ask.check.handler(async ({ input, signal }) => orRefuse(await policies.check(input, signal), {})),
    test: ask.test.handler(async ({ input, signal, errors }) => orRefuse(await policies.test(input, signal), errors)),
    apply: ask.apply.handler(async ({ input, signal, errors }) =>
      orRefuse(await policies.apply(input, signal), errors),
    ),
    change: ask.change.handler(async ({ input, signal, errors }) =>
      orRefuse(await policies.change(input, signal), errors),
    ),
    except: ask.except.handler(async ({ input, signal, errors }) =>
      orRefuse(await policies.except(input, signal), errors),
    ),
    versions: ask.versions.handler(async ({ input, signal }) => orRefuse(await policies.versions(input, signal), {})),
    version: ask.version.handler(async ({ input, signal, errors }) =>
      orRefuse(await policies.version(input, signal), errors),
    ),
    restore: ask.restore.handler(async ({ input, signal, errors }) =>
      orRefuse(await policies.restore(input, signal), errors),
    ),
    gauges: ask.gauges.handler(async ({ input, signal, errors }) =>
      orRefuse(await policies.gauges(input, signal), errors),
    ),
    decisions: ask.decisions.handler(async ({ input, signal }) =>
      orRefuse(await policies.decisions(input, signal), {}),
    ),
    backtest: ask.backtest.handler(async function* ({ input, signal, errors }) {
      for await (const piece of policies.backtest(input, signal)) yield orRefuse(piece, errors);
    }),
    sweep: ask.sweep.handler(async function* ({ input, signal, errors }) {
      for await (const piece of policies.sweep(input, signal)) yield orRefuse(piece, errors);
    }),
    demand: ask.demand.handler(async ({ input, signal, errors }) =>
      orRefuse(await policies.demand(input, signal), errors),
    ),
    recommend: ask.recommend.handler(async ({ input, signal, errors }) =>
      orRefuse(await policies.recommend(input, signal), errors),
    ),
    whatIfPrice: ask.whatIfPrice.handler(async ({ input, signal, errors }) =>
      orRefuse(await policies.whatIfPrice(input, signal), errors),
    ),
    whatIfCache: ask.whatIfCache.handler(async ({ input, signal, errors }) =>
      orRefuse(await policies.whatIfCache(input, signal), errors),
    ),
    budgets: ask.budgets.handler(async ({ input, signal }) => orRefuse(await policies.budgets(input, signal), {})),
    alerts: ask.alerts.handler(async ({ input, signal }) => orRefuse(await policies.alerts(input, signal), {})),
    showAlert: ask.showAlert.handler(async ({ input, signal, errors }) =>
      orRefuse(await policies.showAlert(input, signal), errors),
    ),
    changeAlert: ask.changeAlert.handler(async ({ input, signal, errors }) =>
      orRefuse(await policies.changeAlert(input, signal), errors),
    ),
    asks: ask.asks.handler(async function* ({ input, signal }) {
      for await (const piece of policies.asks(input, signal)) yield orRefuse(piece, {});
    }),
    answer: ask.answer.handler(async ({ input, signal, errors }) =>
      orRefuse(await policies.answer(input, signal), errors),
    ),
  });
}

function orRefuse<T extends object>(result: T | PolicyProblem, errors: Refusals): T {
  if (!('problem' in result)) return result;
  const problem: PolicyProblem = result;
  if (problem.problem === 'not-found' && errors.POLICY_NOT_FOUND) throw errors.POLICY_NOT_FOUND();
  if (problem.problem === 'not-running' && errors.ENGINE_NOT_RUNNING) throw errors.ENGINE_NOT_RUNNING();
  if (problem.problem === 'changed' && errors.POLICIES_CHANGED)
    throw errors.POLICIES_CHANGED({ data: { version: problem.version } });
  if (problem.problem === 'bad-policies' && errors.BAD_POLICIES) {
    const { problems } = problem;
    const [first] = problems;
    throw errors.BAD_POLICIES({
      message: first ? `Line ${first.line}, column ${first.column}: ${first.says}` : 'The policies cannot be used.',
      data: { problems },
    });
  }
  if (problem.problem === 'bad-what-if' && errors.BAD_WHAT_IF) {
    const { why, remedy } = problem;
    throw errors.BAD_WHAT_IF({ message: `${why} ${remedy}`, data: { why, remedy } });
  }
  throw new Error(`not foreseen at this door: ${JSON.stringify(problem)}`);
}
