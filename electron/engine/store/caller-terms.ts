import { asksForCommand, matcherForTags } from '../../../shared/query/evaluate.ts';
import { policyTest, type TextMatch } from '../../../shared/query/match.ts';
import type { Comparison } from '../../../shared/query/tree.ts';
import { readSite, readTags } from './caller-columns.ts';
import { likeOf } from './like.ts';

/** What filters ask of a caller, as tests of words and conditions over `processes`; SQL and block summaries share them. */

/** A condition over `processes`, and its values in order. */
export interface ProcessCondition {
  where: string;
  values: (string | number)[];
}

/** As `evaluate` reads a pattern. */
export function processLike(field: 'process' | 'user', pattern: string): ProcessCondition {
  const whole = likeOf(pattern);
  if (field === 'user') return { where: "user LIKE ? ESCAPE '\\'", values: [whole] };
  if (!asksForCommand(pattern)) return { where: "name LIKE ? ESCAPE '\\'", values: [whole] };
  const command = pattern.includes('*') ? whole : `%${whole}%`;
  return { where: "name LIKE ? ESCAPE '\\' OR command LIKE ? ESCAPE '\\'", values: [whole, command] };
}

export function processWithPid(comparison: Comparison, value: number): ProcessCondition {
  return { where: `pid ${comparison} ?`, values: [value] };
}

/** A test of the words of places. */
export function siteTest(field: 'package' | 'callsite', matches: TextMatch): TextMatch {
  return (text) => {
    const value = readSite(text)[field];
    return value !== null && matches(value);
  };
}

/** A test of the words of tags. */
export function tagTest(name: string, pattern: string | null): TextMatch {
  const matches = matcherForTags(name, pattern);
  return (text) => matches(readTags(text));
}

/** The bytes (hex) that trace ids of a pattern have or begin with; null when it asks for something else. */
export function traceBytes(pattern: string): string | null {
  return /^(?:[0-9a-f]{32}|(?:[0-9a-f]{2}){1,15}\*)$/i.test(pattern) ? pattern.replace('*', '').toLowerCase() : null;
}

/** Tests the word of what policies said of a call. */
export function policiesTest(field: 'policy' | 'verdict', matches: TextMatch): TextMatch {
  const said = policyTest(field, matches);
  return (word) => word.split('\n').some(said);
}
