// Rule: the difference between two versions of a file is one that `patch` would take: applied to the one it gives the other.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareTexts } from '../../../shared/diff/unified.ts';

const names = { before: 'version 1', after: 'version 2' };

/** Applies a unified difference, and checks what it says of the text before. */
function apply(text: string, unified: string): string {
  const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const out: string[] = [];
  let at = 0;
  const rows = unified.split('\n');
  for (let row = 2; row < rows.length - 1; row += 1) {
    const head = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@$/.exec(rows[row]!);
    if (head) {
      const start = Number(head[1]) - (head[2] === '0' ? 0 : 1);
      while (at < start) out.push(lines[at++]!);
      expect(out.length).toBe(Number(head[3]) - (head[4] === '0' ? 0 : 1));
      continue;
    }
    if (rows[row]!.startsWith('\\')) continue;
    const line = rows[row]!.slice(1) + (rows[row + 1]?.startsWith('\\') ? '' : '\n');
    if (rows[row]![0] !== '+') expect(lines[at++]).toBe(line);
    if (rows[row]![0] !== '-') out.push(line);
  }
  return [...out, ...lines.slice(at)].join('');
}

test('applied to the one text it gives the other, whatever they are', () => {
  const text = fc
    .tuple(fc.array(fc.constantFrom('a', 'b', 'c', '', '- x'), { maxLength: 40 }), fc.boolean())
    .map(([lines, ended]) => lines.join('\n') + (ended && lines.length > 0 ? '\n' : ''));
  fc.assert(
    fc.property(text, text, (before, after) => {
      const { unified, added, removed } = compareTexts(before, after, names);
      expect(apply(before, unified)).toBe(after);
      expect(unified === '').toBe(before === after);
      const rows = unified.split('\n').slice(2);
      expect(rows.filter((row) => row.startsWith('+'))).toHaveLength(added);
      expect(rows.filter((row) => row.startsWith('-'))).toHaveLength(removed);
    }),
    { numRuns: 300, interruptAfterTimeLimit: 5000 },
  );
});

test('what is far apart stands in hunks of its own, with three lines around', () => {
  const lines = Array.from({ length: 30 }, (_, index) => `line ${index + 1}`);
  const other = lines.with(4, 'five').with(20, 'twenty-one');
  expect(compareTexts(`${lines.join('\n')}\n`, `${other.join('\n')}\n`, names)).toEqual({
    added: 2,
    removed: 2,
    unified: `--- version 1
+++ version 2
@@ -2,7 +2,7 @@
 line 2
 line 3
 line 4
-line 5
+five
 line 6
 line 7
 line 8
@@ -18,7 +18,7 @@
 line 18
 line 19
 line 20
-line 21
+twenty-one
 line 22
 line 23
 line 24
`,
  });
});

test('texts that share nothing are compared, too, in no more than their size', () => {
  const before = Array.from({ length: 6000 }, (_, index) => `a${index}\n`).join('');
  const after = Array.from({ length: 6000 }, (_, index) => `b${index}\n`).join('');
  expect(compareTexts(before, after, names)).toMatchObject({
    added: 6000,
    removed: 6000,
  });
});
