import type { Pace, Step } from '../model/sequence.ts';

/** When each sending of a sequence may begin at the earliest, milliseconds from the start; one entry for every step of every round. */
export function planSendings(
  steps: readonly Pick<Step, 'recordedAt'>[],
  times: number,
  pace: Pace,
): { step: number; round: number; at: number }[] {
  const planned: { step: number; round: number; at: number }[] = [];
  const first = steps.find(({ recordedAt }) => recordedAt !== null)?.recordedAt ?? 0;
  const last = steps.findLast(({ recordedAt }) => recordedAt !== null)?.recordedAt ?? first;
  let offset = 0;
  for (let round = 1; round <= times; round += 1) {
    let before = offset;
    for (const [step, { recordedAt }] of steps.entries()) {
      const at =
        pace.kind === 'paced'
          ? (planned.length * 1000) / pace.perSecond
          : pace.kind === 'recorded' && recordedAt !== null
            ? offset + Math.max(0, recordedAt - first) / 1000 / pace.speed
            : before;
      // Recorded calls that overlapped are not sent before those listed before them.
      before = Math.max(before, at);
      planned.push({ step, round, at: before });
    }
    offset = Math.max(before, pace.kind === 'recorded' ? offset + Math.max(0, last - first) / 1000 / pace.speed : 0);
  }
  return planned;
}
