import type { TextTest } from './glob.ts';

/**
 * Regular expressions that cannot run away: all states are followed at once (Thompson 1968, as RE2 does, which CEL's
 * `matches` stands for), so a text takes its length × the pattern’s, whatever they are. Understood are letters, `.`, classes,
 * `\d \w \s \b \p{L}`, groups, `|`, `* + ? {n,m}`, `^ $` and `(?i)` in front; what needs going back (back references, looking
 * around) is refused, as RE2 does. Finds anywhere in the text, as `matches` does.
 */

type Test = (code: number) => boolean;
type Step =
  | { do: 'letter'; test: Test; next: number }
  | { do: 'split'; a: number; b: number }
  | { do: 'begin' | 'end' | 'edge' | 'inside'; next: number }
  | { do: 'done' };

type Part =
  | { is: 'letter'; test: Test }
  | { is: 'begin' | 'end' | 'edge' | 'inside' }
  | { is: 'sequence' | 'choice'; parts: Part[] }
  | { is: 'repeat'; part: Part; least: number; most: number };

const MOST_STEPS = 600;
const MOST_DEPTH = 30;

/** Throws an error in one sentence for what is no such pattern. */
export function compileSafeRegex(pattern: string): TextTest {
  const native = nativeWhereHarmless(pattern);
  if (native) return (text) => native.test(text);
  const steps: Step[] = [];
  const start = emit(readPattern(pattern), steps, push(steps, { do: 'done' }));
  return (text) => run(steps, start, text);
}

/** With one star at the most, behind `^`, there is nothing to try again. */
function nativeWhereHarmless(pattern: string): RegExp | null {
  if (!/^\^?[\w/:;=@,\-~ .]*(?:\\[./\-dws])*(?:[.*+]|\[[\w-]+\][*+]?)?[\w/:;=@,\-~ .]*\$?$/.test(pattern)) return null;
  const stars = pattern.match(/[*+]/g)?.length ?? 0;
  if (/^\^?[*+]|[*+]{2}/.test(pattern) || stars > (pattern.startsWith('^') ? 1 : 0)) return null;
  try {
    return new RegExp(pattern, 's');
  } catch {
    return null;
  }
}

function readPattern(pattern: string): Part {
  let at = 0;
  let anyCase = false;
  if (pattern.startsWith('(?i)')) {
    anyCase = true;
    at = 4;
  }
  const wrong = (says: string): Error => new Error(`the pattern ${JSON.stringify(pattern.slice(0, 80))} ${says}`);
  const letter = (test: Test): Part => ({
    is: 'letter',
    test: anyCase ? (code) => test(code) || test(otherCase(code)) : test,
  });

  function readChoice(depth: number): Part {
    if (depth > MOST_DEPTH) throw wrong('has too many groups in groups');
    const parts = [readSequence(depth)];
    while (pattern[at] === '|') {
      at++;
      parts.push(readSequence(depth));
    }
    return parts.length === 1 && parts[0] ? parts[0] : { is: 'choice', parts };
  }

  function readSequence(depth: number): Part {
    const parts: Part[] = [];
    while (at < pattern.length && pattern[at] !== '|' && pattern[at] !== ')') parts.push(readRepeated(depth));
    return { is: 'sequence', parts };
  }

  function readRepeated(depth: number): Part {
    let part = readOne(depth);
    for (;;) {
      const [all = '', least, comma, most] = /^\{(\d{1,4})(,?)(\d{0,4})\}/.exec(pattern.slice(at, at + 12)) ?? [];
      const sign = pattern[at];
      if (sign === '*') part = { is: 'repeat', part, least: 0, most: Infinity };
      else if (sign === '+') part = { is: 'repeat', part, least: 1, most: Infinity };
      else if (sign === '?') part = { is: 'repeat', part, least: 0, most: 1 };
      else if (least !== undefined) {
        const highest = comma === '' ? Number(least) : most === '' ? Infinity : Number(most);
        if (highest < Number(least)) throw wrong('repeats at least more often than at most');
        part = { is: 'repeat', part, least: Number(least), most: highest };
      } else return part;
      at += all === '' ? 1 : all.length;
      // Whether as much or as little as possible makes no difference to yes or no.
      if (pattern[at] === '?') at++;
    }
  }

  function readOne(depth: number): Part {
    const sign = pattern[at++] ?? '';
    if (sign === '(') {
      const [kind = ''] = /^\?(?:P?<[A-Za-z_]\w*>|[:=!]|<[=!]|[a-z-]+[:)])/.exec(pattern.slice(at)) ?? [];
      if (/^\?(?:[=!]|<[=!])/.test(kind)) throw wrong('looks ahead or back, which could take forever; leave it out');
      if (pattern[at] === '?' && !/^\?(?::|P?<[A-Za-z_])/.test(kind)) throw wrong('has a group of an unknown kind');
      at += kind.length;
      const part = readChoice(depth + 1);
      if (pattern[at++] !== ')') throw wrong('has a group without an end');
      return part;
    }
    if (sign === '[') return letter(readClass());
    if (sign === '\\') return readEscape();
    if (sign === '.') return letter(() => true);
    if (sign === '^') return { is: 'begin' };
    if (sign === '$') return { is: 'end' };
    if (sign === '*' || sign === '+' || sign === '?') throw wrong(`has \`${sign}\` with nothing in front of it`);
    const code = sign.charCodeAt(0);
    return letter((one) => one === code);
  }

  function readEscape(): Part {
    const sign = pattern[at] ?? '';
    if (sign === 'b' || sign === 'B') {
      at++;
      return { is: sign === 'b' ? 'edge' : 'inside' };
    }
    if (/[1-9k]/.test(sign)) throw wrong('refers back to a group, which could take forever; leave it out');
    return letter(readEscaped().test);
  }

  /** After a backslash, in a class or not. */
  function readEscaped(): { test: Test; code: number | null } {
    const sign = pattern[at++] ?? '';
    const test = CLASSES[sign];
    if (test) return { test, code: null };
    if (sign === 'p' || sign === 'P') return { test: readCategory(sign), code: null };
    if (sign === 'x' || sign === 'u') {
      const digits = (sign === 'x' ? /^[0-9a-f]{2}/i : /^[0-9a-f]{4}/i).exec(pattern.slice(at))?.[0];
      if (digits === undefined) throw wrong(`has \`\\${sign}\` without its digits`);
      at += digits.length;
      return one(Number.parseInt(digits, 16));
    }
    const known = CONTROLS[sign];
    if (known !== undefined) return one(known);
    if (sign === '' || /[A-Za-z0-9]/.test(sign)) throw wrong(`has \`\\${sign}\`, which is not known`);
    return one(sign.charCodeAt(0));
  }

  /** `\p{Lu}`: a category of Unicode, as far as one UTF-16 unit is a character. */
  function readCategory(sign: 'p' | 'P'): Test {
    const name = /^\{([A-Z][A-Za-z_=]{0,40})\}/.exec(pattern.slice(at, at + 44));
    if (!name) throw wrong(`has \`\\${sign}\` without a category in braces`);
    at += name[0].length;
    let category: RegExp;
    try {
      category = new RegExp(`^\\${sign}{${name[1]}}$`, 'u');
    } catch {
      throw wrong(`has \`\\${sign}${name[0]}\`, which is no category of Unicode`);
    }
    return (code) => category.test(String.fromCharCode(code));
  }

  function readClass(): Test {
    const not = pattern[at] === '^';
    if (not) at++;
    const tests: Test[] = [];
    let first = true;
    for (;;) {
      const sign = pattern[at];
      if (sign === undefined) throw wrong('has `[` without an end');
      if (sign === ']' && !first) break;
      first = false;
      const from = readClassLetter();
      if (from.code !== null && pattern[at] === '-' && pattern[at + 1] !== ']' && pattern[at + 1] !== undefined) {
        at++;
        const to = readClassLetter();
        if (to.code === null || to.code < from.code) throw wrong('has a range that ends before it begins');
        const [low, high] = [from.code, to.code];
        tests.push((code) => code >= low && code <= high);
      } else tests.push(from.test);
    }
    at++;
    return not ? (code) => !tests.some((test) => test(code)) : (code) => tests.some((test) => test(code));
  }

  function readClassLetter(): { test: Test; code: number | null } {
    const sign = pattern[at++] ?? '';
    return sign === '\\' ? readEscaped() : one(sign.charCodeAt(0));
  }

  const part = readChoice(0);
  if (at < pattern.length) throw wrong('has `)` without `(`');
  return part;
}

const one = (code: number): { test: Test; code: number } => ({ test: (other) => other === code, code });
const isDigit: Test = (code) => code >= 48 && code <= 57;
const isWord: Test = (code) =>
  isDigit(code) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95;
const isSpace: Test = (code) => code === 32 || (code >= 9 && code <= 13) || code === 0xa0;
const CLASSES: Readonly<Record<string, Test>> = {
  d: isDigit,
  D: (code) => !isDigit(code),
  w: isWord,
  W: (code) => !isWord(code),
  s: isSpace,
  S: (code) => !isSpace(code),
};
const CONTROLS: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12, v: 11, 0: 0 };

function otherCase(code: number): number {
  if (code >= 65 && code <= 90) return code + 32;
  return code >= 97 && code <= 122 ? code - 32 : code;
}

function push(steps: Step[], step: Step): number {
  if (steps.length >= MOST_STEPS) throw new Error('the pattern is too long, or repeats too much');
  return steps.push(step) - 1;
}

/** Steps of a part that go on at `next`; gives the first of them. */
function emit(part: Part, steps: Step[], next: number): number {
  switch (part.is) {
    case 'letter':
      return push(steps, { do: 'letter', test: part.test, next });
    case 'sequence':
      return part.parts.reduceRight((after, one_) => emit(one_, steps, after), next);
    case 'choice': {
      const [first, ...others] = part.parts.map((one_) => emit(one_, steps, next));
      return others.reduce((a, b) => push(steps, { do: 'split', a, b }), first ?? next);
    }
    case 'repeat': {
      let after = next;
      if (part.most === Infinity) {
        const split = push(steps, { do: 'split', a: next, b: next });
        steps[split] = { do: 'split', a: emit(part.part, steps, split), b: next };
        after = split;
      } else {
        for (let i = part.least; i < part.most; i++) {
          after = push(steps, { do: 'split', a: emit(part.part, steps, after), b: next });
        }
      }
      for (let i = 0; i < part.least; i++) after = emit(part.part, steps, after);
      return after;
    }
    default:
      return push(steps, { do: part.is, next });
  }
}

function run(steps: readonly Step[], start: number, text: string): boolean {
  const seen = new Int32Array(steps.length).fill(-1);
  let now: number[] = [];
  let then: number[] = [];
  const stack: number[] = [];
  /** Follows what takes no letter; true: the pattern is done. */
  const enter = (first: number, at: number, into: number[]): boolean => {
    stack.push(first);
    while (stack.length > 0) {
      const index = stack.pop() ?? 0;
      if (seen[index] === at) continue;
      seen[index] = at;
      const step = steps[index];
      if (!step || step.do === 'done') {
        stack.length = 0;
        return true;
      }
      if (step.do === 'letter') into.push(index);
      else if (step.do === 'split') stack.push(step.b, step.a);
      else if (holds(step.do, text, at)) stack.push(step.next);
    }
    return false;
  };
  for (let at = 0; at <= text.length; at++) {
    // It may begin anywhere. (What is open at this place was entered below; `seen` keeps it from being entered twice.)
    if (enter(start, at, now)) return true;
    if (at === text.length) return false;
    const code = text.charCodeAt(at);
    then.length = 0;
    for (const index of now) {
      const step = steps[index];
      if (step?.do === 'letter' && step.test(code) && enter(step.next, at + 1, then)) return true;
    }
    [now, then] = [then, now];
  }
  return false;
}

function holds(what: 'begin' | 'end' | 'edge' | 'inside', text: string, at: number): boolean {
  if (what === 'begin') return at === 0;
  if (what === 'end') return at === text.length;
  const before = at > 0 && isWord(text.charCodeAt(at - 1));
  const after = at < text.length && isWord(text.charCodeAt(at));
  return (before !== after) === (what === 'edge');
}
