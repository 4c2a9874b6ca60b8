import type { Match, MatchField } from '../../model/policy.ts';
import { fieldReader, type CounterField, type FieldReader } from '../counter-key.ts';
import type { CallFacts } from '../facts.ts';
import { compileEndpoints, compilePaths, compileValues, isByCase, isPlain, type ValueTest } from './patterns.ts';
import { compileTimes } from './time-of-week.ts';
import { compileWhen } from './when.ts';

/** A test on a value that few calls differ in: its answer is kept for all calls with that value. */
export interface NarrowTest {
  field: CounterField;
  read: FieldReader;
  test: ValueTest;
  /** All that can fit, in the case they are compared in; null where patterns leave it open. */
  exact: readonly string[] | null;
  /** Something is taken out with `!`. */
  takesOut: boolean;
  /** Ends of what can fit (`.example.com`), for hosts; null where there is none. */
  suffixes: readonly string[] | null;
}

/** A test that each call has to be asked. Throws when a `when` fails. */
export type WideTest = (facts: CallFacts, now: number) => boolean;

export interface CompiledMatch {
  narrow: readonly NarrowTest[];
  wide: readonly WideTest[];
  /** Of `wide`, those that stand in the body: asked last, and not before it was read. */
  body: readonly WideTest[];
}

/** Compiles once what is asked a million times. Throws for what the file's reader would have refused. */
export function compileMatch(match: Match, zone: string): CompiledMatch {
  const narrow: NarrowTest[] = [];
  const wide: WideTest[] = [];
  const body: WideTest[] = [];
  for (const [name, patterns] of Object.entries(match.fields)) {
    const field = name as MatchField;
    if (patterns === undefined) continue;
    if (field === 'path') wide.push(compilePaths(patterns));
    else if (field === 'endpoint') wide.push(compileEndpoints(patterns));
    else if (field === 'model') {
      const test = compileValues(patterns, false);
      body.push((facts) => test(facts.model));
    } else if (field === 'data') wide.push(compileList(patterns));
    else narrow.push(narrowTest(field, patterns, isByCase(field)));
  }
  for (const [name, patterns] of Object.entries(match.headers)) {
    narrow.push(narrowTest(`header.${name.toLowerCase()}`, patterns, true));
  }
  for (const [name, patterns] of Object.entries(match.tags)) narrow.push(narrowTest(`tag.${name}`, patterns, true));
  if (match.times.length > 0) {
    const isWithin = compileTimes(match.times, zone);
    wide.push((_, now) => isWithin(now));
  }
  if (match.when !== null) {
    const compiled = compileWhen(match.when);
    if ('mistake' in compiled) throw new Error(`when: ${compiled.mistake.says}`);
    const { when } = compiled;
    (when.needsBody ? body : wide).push((facts, now) => when.test(facts, now));
  }
  return { narrow, wide, body };
}

function narrowTest(field: CounterField, patterns: readonly string[], byCase: boolean): NarrowTest {
  const cased = byCase ? patterns : patterns.map((pattern) => pattern.toLowerCase());
  const positive = cased.filter((pattern) => !pattern.startsWith('!'));
  const exact = positive.length > 0 && positive.every(isPlain) ? positive : null;
  const suffixes =
    exact === null && field === 'host' && positive.length > 0 && positive.every(isSuffixOrPlain)
      ? positive.map((pattern) => (pattern.startsWith('*') ? pattern.slice(1) : pattern))
      : null;
  const takesOut = positive.length < cased.length;
  return { field, read: fieldReader(field), test: compileValues(patterns, byCase), exact, suffixes, takesOut };
}

/** `*.example.com` or a whole name. */
function isSuffixOrPlain(pattern: string): boolean {
  return isPlain(pattern) || (pattern.startsWith('*.') && isPlain(pattern.slice(1)));
}

/** Any of several values fits; none may fit what is taken out. */
function compileList(patterns: readonly string[]): WideTest {
  const not = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1));
  const yes = patterns.filter((pattern) => !pattern.startsWith('!'));
  const isOut = not.length === 0 ? null : compileValues(not, false);
  const isIn = yes.length === 0 ? null : compileValues(yes, false);
  return ({ data }) => {
    if (isOut !== null && data.some((value) => isOut(value))) return false;
    return isIn === null || data.some((value) => isIn(value));
  };
}
