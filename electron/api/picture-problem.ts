import type { PictureProblem } from './picture-face.ts';

interface Refusals {
  ENGINE_NOT_RUNNING?: () => Error;
  VENDOR_NOT_FOUND?: (options: { data: { id: string } }) => Error;
  bad?: (options: { message: string; data: { why: string; remedy: string } }) => Error;
}

/** The answer, or the refusal that a problem is at this door; a problem that the contract does not name is a bug. */
export function orRefuse<T extends object>(result: T | PictureProblem, errors: Refusals): T {
  if (!('problem' in result)) return result;
  // A `Usage` has a problem, too; answers have theirs deeper down.
  const problem: PictureProblem = result;
  if (problem.problem === 'not-found' && errors.VENDOR_NOT_FOUND)
    throw errors.VENDOR_NOT_FOUND({ data: { id: problem.id } });
  if (problem.problem === 'bad' && errors.bad) {
    const { why, remedy } = problem;
    throw errors.bad({ message: `${why} ${remedy}`, data: { why, remedy } });
  }
  if (problem.problem === 'not-running' && errors.ENGINE_NOT_RUNNING) throw errors.ENGINE_NOT_RUNNING();
  throw new Error(`not foreseen at this door: ${JSON.stringify(problem)}`);
}
