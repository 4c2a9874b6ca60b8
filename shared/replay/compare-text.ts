import { compareLines } from '../diff/unified.ts';
import type { IgnoreRules } from '../model/replay.ts';
import { cutShort, type ChangeList } from './change-list.ts';
import { maskText, whyTextIgnored } from './why-ignored.ts';

/** Adds every line in which two texts differ. Lines that differ by times and ids alone are lined up as the same one. */
export function compareText(before: string, after: string, ignore: IgnoreRules, changes: ChangeList): void {
  const [was, is] = [linesOf(before), linesOf(after)];
  const mask = (line: string): string => maskText(line, ignore);
  let gone: number[] = [];
  let come: number[] = [];
  const settle = (): void => {
    for (let at = 0; at < Math.max(gone.length, come.length); at++) {
      const [from, to] = [gone[at], come[at]];
      const [old, fresh] = [from === undefined ? null : (was[from] ?? ''), to === undefined ? null : (is[to] ?? '')];
      changes.add({
        path: `line ${(from ?? to ?? 0) + 1}`,
        kind: old === null ? 'added' : fresh === null ? 'removed' : 'changed',
        before: old === null ? null : cutShort(old),
        after: fresh === null ? null : cutShort(fresh),
        ignored: old !== null && fresh !== null ? whyTextIgnored(old, fresh, ignore) : null,
      });
    }
    gone = [];
    come = [];
  };
  for (const step of compareLines(was.map(mask), is.map(mask))) {
    if (step.sign === '-') gone.push(step.before);
    else if (step.sign === '+') come.push(step.after);
    else {
      settle();
      if (was[step.before] === is[step.after]) continue;
      gone.push(step.before);
      come.push(step.after);
      settle();
    }
  }
  settle();
}

const linesOf = (text: string): string[] => (text === '' ? [] : text.split(/\r?\n/));

/** Different bytes with fewer the same between them are one change. */
const APART = 16;

/** Adds every stretch in which two bodies differ, byte for byte. */
export function compareBytes(before: Uint8Array, after: Uint8Array, changes: ChangeList): void {
  const both = Math.min(before.length, after.length);
  let start = -1;
  let last = -1;
  const settle = (): void => {
    if (start < 0) return;
    changes.add({
      path: `byte ${start}`,
      kind: 'changed',
      before: hex(before, start, last + 1),
      after: hex(after, start, last + 1),
      ignored: null,
    });
    start = -1;
  };
  for (let at = 0; at < both; at++) {
    if (before[at] === after[at]) continue;
    if (start >= 0 && at - last > APART) settle();
    if (start < 0) start = at;
    last = at;
  }
  settle();
  if (before.length === after.length) return;
  const longer = before.length > after.length ? before : after;
  const rest = hex(longer, both, longer.length);
  changes.add({
    path: `byte ${both}`,
    kind: longer === after ? 'added' : 'removed',
    before: longer === before ? rest : null,
    after: longer === after ? rest : null,
    ignored: null,
  });
}

/** The first bytes of a stretch, and how many there are. */
function hex(bytes: Uint8Array, from: number, to: number): string {
  const shown = [...bytes.subarray(from, Math.min(to, from + 16))].map((byte) => byte.toString(16).padStart(2, '0'));
  return to - from > 16 ? `${shown.join(' ')} … (${to - from} bytes)` : shown.join(' ');
}
