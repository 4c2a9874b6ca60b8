import { countOf } from '../../../../shared/format/quantities.ts';
import type { Policy } from '../../../../shared/model/policy.ts';
import type { HistoryReader } from '../../store/history-rows.ts';
import type { Beside } from './beside.ts';
import type { Recorded } from './kept-history.ts';

/** What a backtest cannot know, in sentences: of the calls, and of all policies. */
export function unknownsOfHistory(
  { history, from, to }: Recorded,
  reader: Pick<HistoryReader, 'gapsIn' | 'historyMark'>,
  asked: { since: number; until: number; callers: 'as-recorded' | 'retry' },
): string[] {
  const says: string[] = [];
  if (to <= from) return ['No calls were recorded in this time that the filter lets through.'];
  says.push(
    asked.callers === 'retry'
      ? 'Refused callers are taken to try again twice, when they are told to or after half a second and a second, as SDKs of OpenAI, Anthropic and Stripe do; those that get through count as delayed. Others may behave otherwise.'
      : 'Callers are taken to do what they did: one that is refused or waits might have tried again, given up or done something else, and later calls of it would be others.',
  );
  const gaps = reader.gapsIn(asked);
  const missing = gaps.reduce((sum, { calls }) => sum + calls, 0);
  if (gaps.length > 0)
    says.push(
      missing > 0
        ? `${countOf(missing, 'call')} of this time were not recorded or were deleted; they count nowhere here.`
        : 'In parts of this time nothing was recorded.',
    );
  const first = history.at[history.order[from]!]!;
  if (first - asked.since > EMPTY_FRONT && asked.since > 0 && from === 0)
    says.push(`Nothing is recorded of this time from before ${new Date(first / 1000).toISOString().slice(0, 16)} UTC.`);
  return says;
}

const EMPTY_FRONT = 6 * 3_600_000_000;

/** The same of one policy, by what it asks of calls. */
export function unknownsOfPolicy(policy: Policy, looked: Beside['looked']): string[] {
  const { match } = policy;
  const says: string[] = [];
  const { when } = match;
  if (Object.keys(match.headers).length > 0 || when?.includes('headers') === true || looked.headers > 0)
    says.push(
      `Headers were looked at for ${countOf(looked.headers, 'call')}. Secrets in them are not kept: what matches only by a secret’s value does not match here.`,
    );
  if (looked.details > 0)
    says.push(
      `What stood in requests and answers was looked up for ${countOf(looked.details, 'call')}${looked.gone > 0 ? `; of ${looked.gone} nothing was read or kept` : ''}.`,
    );
  if (match.fields.endpoint !== undefined || when?.includes('endpoint') === true)
    says.push(
      'Endpoints are those learned up to now; when a call was made its path may not have been known to be one of them.',
    );
  if (match.fields.status !== undefined || match.fields.vendor !== undefined || match.fields.data !== undefined)
    says.push('Whose hosts are, and what was decided of vendors, is taken as people here say now.');
  if (policy.kind === 'budget')
    says.push(
      'Before a call left, what it came to is reserved here; live it is the dearest that it could have become.',
    );
  if (policy.kind === 'limit' && isRecord(policy.settings)) {
    const { algorithm } = policy.settings;
    if (algorithm === 'adaptive')
      says.push('Latencies and errors are as recorded: with fewer calls the vendor would have answered otherwise.');
    if (algorithm === 'vendor-pacing' || algorithm === 'pacing')
      says.push(
        'What vendors said of their limits is as recorded: they would have said something else to calls at other times.',
      );
  }
  return says;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
