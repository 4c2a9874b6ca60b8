import { formatDuration } from '../../../shared/format/quantities.ts';
import { words } from '../../words/index.ts';

const pad = (value: number, digits = 2): string => String(value).padStart(digits, '0');
const MONTHS = new Intl.DateTimeFormat('en', { month: 'short' });

let today = '';
let todayUntil = 0;

/** `10:42:59.154` today, `22 Nov 10:42` on another day, in the reader's zone. Called for every row: cheap. */
export function dayAndTime(us: number): string {
  const date = new Date(us / 1000);
  if (Date.now() > todayUntil) {
    const now = new Date();
    today = now.toDateString();
    todayUntil = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1).getTime();
  }
  const from = todayUntil - 86_400_000;
  const ms = us / 1000;
  if ((ms >= from && ms < todayUntil) || date.toDateString() === today)
    return `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}.${pad(date.getMilliseconds(), 3)}`;
  return `${date.getDate()} ${MONTHS.format(date)} ${pad(date.getHours())}:${pad(date.getMinutes())}`;
}

export function timeAgo(us: number, now = Date.now() * 1000): string {
  return words.traffic.time.ago(now - us);
}

/** How long an open call has run, in whole seconds. */
function runningFor(us: number, now: number): string {
  const seconds = Math.max(0, Math.floor((now - us) / 1e6));
  return seconds === 0 ? '…' : `${formatDuration(seconds * 1e6)} …`;
}

/**
 * Keeps running durations and times ago right, once a second, by writing their text: nothing is drawn anew for it, and
 * only rows in sight cost anything.
 */
export function tickClocks(inside: Element): void {
  const now = Date.now() * 1000;
  for (const one of inside.querySelectorAll<HTMLElement>('[data-running]'))
    one.textContent = runningFor(Number(one.dataset['running']), now);
  for (const one of inside.querySelectorAll<HTMLElement>('[data-started]'))
    one.textContent = timeAgo(Number(one.dataset['started']), now);
}

const timeOfDay = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const timeWithSeconds = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const dayOf = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });

/** `10:42:10 – 10:42:15`, with days where they are not today. */
export function spanText(since: number, until: number): string {
  const [from, to] = [new Date(since / 1000), new Date(until / 1000)];
  const form = until - since < 60e6 ? timeWithSeconds : timeOfDay;
  const now = new Date().toDateString();
  const day = from.toDateString() === now && to.toDateString() === now ? '' : `${dayOf.format(from)} `;
  const other = from.toDateString() === to.toDateString() ? '' : `${dayOf.format(to)} `;
  return `${day}${form.format(from)} – ${other}${form.format(to)}`;
}
