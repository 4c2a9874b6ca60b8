import type { Difference, Json } from './json-diff.ts';

/** One line of a difference that is laid out: what was, what is, or what is in both. */
export interface DiffLine {
  sign: ' ' | '-' | '+';
  text: string;
  /** This line stands for so many that are in both and left out. */
  hidden?: number;
}

/** Unchanged values of more lines than this are folded into one. */
const SHOWN = 6;

/** A difference laid out as JSON with a sign for each line. `whole`: with everything that is in both. */
export function diffLines(difference: Difference, whole = false): DiffLine[] {
  const lines: DiffLine[] = [];
  write(difference, '', 0, '', whole, lines);
  return lines;
}

function write(
  difference: Difference,
  key: string,
  depth: number,
  end: string,
  whole: boolean,
  lines: DiffLine[],
): void {
  const indent = '  '.repeat(depth);
  switch (difference.kind) {
    case 'same': {
      const text = valueLines(difference.value, key, depth, end);
      if (whole || text.length <= SHOWN) for (const line of text) lines.push({ sign: ' ', text: line });
      else {
        const open = Array.isArray(difference.value) ? ['[', ']'] : ['{', '}'];
        lines.push({ sign: ' ', text: `${indent}${key}${open[0]} … ${open[1]}${end}`, hidden: text.length });
      }
      return;
    }
    case 'removed':
    case 'added': {
      const sign = difference.kind === 'added' ? '+' : '-';
      for (const line of valueLines(difference.value, key, depth, end)) lines.push({ sign, text: line });
      return;
    }
    case 'changed':
      for (const line of valueLines(difference.before, key, depth, end)) lines.push({ sign: '-', text: line });
      for (const line of valueLines(difference.after, key, depth, end)) lines.push({ sign: '+', text: line });
      return;
    case 'object':
      lines.push({ sign: ' ', text: `${indent}${key}{` });
      for (const [index, [name, one]] of difference.entries.entries())
        write(
          one,
          `${JSON.stringify(name)}: `,
          depth + 1,
          index < difference.entries.length - 1 ? ',' : '',
          whole,
          lines,
        );
      lines.push({ sign: ' ', text: `${indent}}${end}` });
      return;
    case 'array':
      lines.push({ sign: ' ', text: `${indent}${key}[` });
      for (const [index, one] of difference.items.entries())
        write(one, '', depth + 1, index < difference.items.length - 1 ? ',' : '', whole, lines);
      lines.push({ sign: ' ', text: `${indent}]${end}` });
  }
}

function valueLines(value: Json, key: string, depth: number, end: string): string[] {
  const indent = '  '.repeat(depth);
  const text = stringify(value);
  return `${indent}${key}${text}${end}`.split('\n').map((line, at) => (at === 0 ? line : indent + line));
}

function stringify(value: Json): string {
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value))
    return value.length === 0 ? '[]' : `[\n${value.map((one) => shift(stringify(one))).join(',\n')}\n]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value);
    return entries.length === 0
      ? '{}'
      : `{\n${entries.map(([key, one]) => shift(`${JSON.stringify(key)}: ${stringify(one)}`)).join(',\n')}\n}`;
  }
  return JSON.stringify(value);
}

function shift(text: string): string {
  return text.replace(/^/gm, '  ');
}
