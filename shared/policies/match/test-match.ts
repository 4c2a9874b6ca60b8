import type { Match } from '../../model/policy.ts';
import type { CallFacts } from '../facts.ts';
import { compileMatch } from './compile-match.ts';

/** Whether a match fits a call, all that it says: for a few of them, where no index is worth while. */
export function testMatch(match: Match, zone: string): (facts: CallFacts, now: number) => boolean {
  const { narrow, wide, body } = compileMatch(match, zone);
  return (facts, now) =>
    narrow.every(({ read, test }) => test(read(facts))) &&
    wide.every((test) => test(facts, now)) &&
    body.every((test) => test(facts, now));
}
