import { diffHeaders } from '../diff/header-diff.ts';
import type { Comparison, IgnoreRules } from '../model/replay.ts';
import { cutShort } from './change-list.ts';
import { whyHeaderVaries } from './varying-headers.ts';
import { whyTextIgnored } from './why-ignored.ts';

type Header = readonly [name: string, value: string];

/** Headers that differ are listed, as many. */
const MOST_HEADERS = 500;

/** The headers that differ. `ignored`: they always do, a rule says so, or times and random ids are all that differs in them. */
export function compareHeaders(
  before: readonly Header[],
  after: readonly Header[],
  ignore: IgnoreRules,
): Comparison['headers'] {
  const named = new Set(ignore.headers.map((name) => name.toLowerCase()));
  return diffHeaders(before.slice(0, MOST_HEADERS), after.slice(0, MOST_HEADERS))
    .filter(({ same }) => !same)
    .map(({ name, before: was, after: is }) => ({
      name,
      before: was === null ? null : cutShort(was),
      after: is === null ? null : cutShort(is),
      ignored:
        named.has(name.toLowerCase()) ||
        whyHeaderVaries(name) !== null ||
        (was !== null && is !== null && differsByItself(name, was, is, ignore)),
    }));
}

function differsByItself(name: string, was: string, is: string, ignore: IgnoreRules): boolean {
  if (name.toLowerCase() === 'set-cookie') return cookieShape(was) === cookieShape(is);
  return whyTextIgnored(was, is, ignore) !== null;
}

/** A cookie's name and attributes; its value and how long it stays are made anew each time. */
function cookieShape(value: string): string {
  const [pair = '', ...attributes] = value.split(';').map((piece) => piece.trim());
  const kept = attributes.map((one) => one.toLowerCase()).filter((one) => !/^(?:expires|max-age)=/.test(one));
  return [pair.split('=', 1)[0], ...kept.sort()].join(';');
}
