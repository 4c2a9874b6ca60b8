import { countDifferences, diffJson, parseJson } from '../../../shared/diff/json-diff.ts';
import { diffLines } from '../../../shared/diff/diff-lines.ts';
import { HEAD_BYTES, isBinary, recogniseBody } from '../../../shared/payload/recognise.ts';
import { decodeText } from './decode-text.ts';
import { layOut } from './lay-out.ts';
import type { Asks, Compared, CompareSide } from './protocol.ts';

/** Longer texts are compared as bytes: a difference of them is nothing to read. */
const LONGEST = 2_000_000;

/** How two bodies differ: as JSON when both are, else as laid-out text, else as bytes. */
export async function compareBodies({ before, after, whole }: Asks['compare']['ask']): Promise<Compared> {
  const [a, b] = await Promise.all([load(before), load(after)]);
  const difference = firstDifference(a.bytes, b.bytes);
  if (difference < 0) return { kind: 'same', bytes: a.bytes.length };
  const bytes: Compared = { kind: 'bytes', before: a.bytes.length, after: b.bytes.length, firstDifference: difference };
  if (isBinary(a.form) || isBinary(b.form) || a.bytes.length > LONGEST * 4 || b.bytes.length > LONGEST * 4)
    return bytes;
  if (isJson(a.form) && isJson(b.form)) {
    const was = parseJson(decodeText(a.bytes, a.charset).text);
    const is = parseJson(decodeText(b.bytes, b.charset).text);
    if (was !== undefined && is !== undefined) {
      const tree = diffJson(was, is);
      return { kind: 'json', count: countDifferences(tree), lines: diffLines(tree, whole) };
    }
  }
  const [textA, textB] = await Promise.all([textOf(a), textOf(b)]);
  if (textA.text.length > LONGEST || textB.text.length > LONGEST) return bytes;
  return { kind: 'text', before: textA.text, after: textB.text, language: textB.language };
}

function isJson(form: string): boolean {
  return form === 'json' || form === 'graphql';
}

async function load({ url, hint }: CompareSide) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`The engine answered ${answer.status}.`);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  return { bytes, contentType: hint.contentType, ...recogniseBody(bytes.subarray(0, HEAD_BYTES), hint) };
}

async function textOf(side: Awaited<ReturnType<typeof load>>) {
  const laid = await layOut(side, 'pretty', side.form, (bytes) => Promise.resolve(bytes));
  if (laid.kind === 'text') return { text: laid.text, language: laid.language };
  return { text: decodeText(side.bytes, side.charset).text, language: 'plain' as const };
}

function firstDifference(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) if (a[at] !== b[at]) return at;
  return a.length === b.length ? -1 : length;
}
