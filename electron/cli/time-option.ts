import { readTime } from '../../shared/query/read-time.ts';
import { EXIT, Fault } from './fault.ts';

/** What `--since` or `--until` says, in microseconds since the epoch; `30d` and `-30d` are both thirty days ago. */
export function timeOption(bound: 'since' | 'until', text: string): number {
  const read = readTime(bound, /^\d+(\.\d+)?[smhdw]/i.test(text) ? `-${text}` : text, {
    now: Date.now() * 1000,
    offsetMinutesAt: (wallClock) => -new Date(wallClock).getTimezoneOffset(),
  });
  if ('fault' in read) throw new Fault(`--${bound}: ${read.fault.message}.`, EXIT.usage);
  return read.tree.op === 'time' ? read.tree.at : 0;
}
