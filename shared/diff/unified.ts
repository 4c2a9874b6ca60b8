/** A difference of two texts by lines. */
export interface TextDifference {
  /** Lines. */
  added: number;
  removed: number;
  /** Unified, as `diff -u` and `git` print it; empty when there is none. */
  unified: string;
}

/** One line on the way from one text to the other. */
export interface Step {
  sign: ' ' | '-' | '+';
  line: string;
  /** Index of the line before and after. */
  before: number;
  after: number;
}

/** Lines of both that stand around a change. */
const AROUND = 3;
/** More differences than this are not lined up: all of the one, then all of the other. */
const MOST_STEPS = 1000;

/** Compares two texts; `names` stand in the first two lines. */
export function compareTexts(before: string, after: string, names: { before: string; after: string }): TextDifference {
  const steps = compareLines(linesOf(before), linesOf(after));
  const added = steps.filter(({ sign }) => sign === '+').length;
  const removed = steps.filter(({ sign }) => sign === '-').length;
  if (added + removed === 0) return { added, removed, unified: '' };
  return { added, removed, unified: `--- ${names.before}\n+++ ${names.after}\n${hunksOf(steps)}` };
}

/** With their ends, so that a text without a last one differs from one with it. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function hunksOf(steps: readonly Step[]): string {
  let text = '';
  for (let at = 0; at < steps.length;) {
    const first = steps.findIndex(({ sign }, index) => index >= at && sign !== ' ');
    if (first < 0) break;
    let last = first;
    for (let index = first; index < steps.length && index - last <= 2 * AROUND; index += 1)
      if (steps[index]!.sign !== ' ') last = index;
    const from = Math.max(at, first - AROUND);
    const until = Math.min(steps.length, last + AROUND + 1);
    text += hunkOf(steps.slice(from, until));
    at = until;
  }
  return text;
}

function hunkOf(steps: readonly Step[]): string {
  const [first] = steps;
  const removed = steps.filter(({ sign }) => sign !== '+').length;
  const added = steps.filter(({ sign }) => sign !== '-').length;
  // Of nothing, the line before it is named.
  const spanOf = (start: number, length: number): string =>
    length === 1 ? `${start + 1}` : `${length === 0 ? start : start + 1},${length}`;
  const lines = steps.map(({ sign, line }) =>
    line.endsWith('\n') ? sign + line : `${sign}${line}\n\\ No newline at end of file\n`,
  );
  return `@@ -${spanOf(first?.before ?? 0, removed)} +${spanOf(first?.after ?? 0, added)} @@\n${lines.join('')}`;
}

/** Lines compared with lines: the shortest way from one to the other (Myers, An O(ND) Difference Algorithm, 1986). */
export function compareLines(before: readonly string[], after: readonly string[]): Step[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head += 1;
  let tail = 0;
  while (
    tail < before.length - head &&
    tail < after.length - head &&
    before[before.length - 1 - tail] === after[after.length - 1 - tail]
  )
    tail += 1;
  const steps: Step[] = [];
  let [x, y] = [0, 0];
  const step = (sign: Step['sign']): void => {
    steps.push({ sign, line: (sign === '+' ? after[y] : before[x]) ?? '', before: x, after: y });
    if (sign !== '+') x += 1;
    if (sign !== '-') y += 1;
  };
  for (let index = 0; index < head; index += 1) step(' ');
  for (const sign of middleOf(before.slice(head, before.length - tail), after.slice(head, after.length - tail)))
    step(sign);
  for (let index = 0; index < tail; index += 1) step(' ');
  return steps;
}

function middleOf(before: readonly string[], after: readonly string[]): Step['sign'][] {
  const [n, m] = [before.length, after.length];
  const most = Math.min(n + m, MOST_STEPS);
  let furthest = new Map<number, number>([[1, 0]]);
  const trace: Map<number, number>[] = [];
  for (let depth = 0; depth <= most; depth += 1) {
    trace.push(new Map(furthest));
    const next = new Map(furthest);
    for (let diagonal = -depth; diagonal <= depth; diagonal += 2) {
      let x = comesDown(furthest, diagonal, depth)
        ? (furthest.get(diagonal + 1) ?? 0)
        : (furthest.get(diagonal - 1) ?? 0) + 1;
      let y = x - diagonal;
      while (x < n && y < m && before[x] === after[y]) [x, y] = [x + 1, y + 1];
      next.set(diagonal, x);
      if (x >= n && y >= m) return wayBack(trace, n, m);
    }
    furthest = next;
  }
  return [...Array<'-'>(n).fill('-'), ...Array<'+'>(m).fill('+')];
}

function comesDown(furthest: ReadonlyMap<number, number>, diagonal: number, depth: number): boolean {
  if (diagonal === -depth) return true;
  if (diagonal === depth) return false;
  return (furthest.get(diagonal - 1) ?? -1) < (furthest.get(diagonal + 1) ?? -1);
}

function wayBack(trace: readonly ReadonlyMap<number, number>[], n: number, m: number): Step['sign'][] {
  const signs: Step['sign'][] = [];
  let [x, y] = [n, m];
  for (let depth = trace.length - 1; depth >= 0; depth -= 1) {
    const furthest = trace[depth]!;
    const diagonal = x - y;
    const from = comesDown(furthest, diagonal, depth) ? diagonal + 1 : diagonal - 1;
    const startX = furthest.get(from) ?? 0;
    const startY = startX - from;
    while (x > startX && y > startY && x > 0 && y > 0) {
      signs.push(' ');
      [x, y] = [x - 1, y - 1];
    }
    if (depth > 0) {
      signs.push(x === startX ? '+' : '-');
      [x, y] = [startX, startY];
    }
  }
  return signs.toReversed();
}
