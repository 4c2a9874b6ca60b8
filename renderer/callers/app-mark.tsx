import type { ReactElement, ReactNode } from 'react';
import type { Runtime } from './runtime.ts';
import './app-mark.css';

/** Our own drawings, one path each, on a field of 16 by 16. */
const DRAWINGS: Readonly<Record<Runtime, string>> = {
  node: 'M8 1.8 13.4 4.9v6.2L8 14.2l-5.4-3.1V4.9zM8 6.4v3.2M6.4 8h3.2',
  deno: 'M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0zM8.5 5.5h.01M6.5 13.6V9.2a2 2 0 0 1 2-2',
  bun: 'M2 9.2C2 5.8 4.7 3.5 8 3.5s6 2.3 6 5.7c0 2.3-2 3.8-6 3.8s-6-1.5-6-3.8zM6 8.6h.01M10 8.6h.01',
  python:
    'M11.5 4.5h-5a2 2 0 0 0-2 2v0a1.6 1.6 0 0 0 1.6 1.6h3.8a1.6 1.6 0 0 1 1.6 1.6v0a2 2 0 0 1-2 2h-5M9.2 1.8h-1M7.8 14.2h-1',
  ruby: 'M4.6 3h6.8L14 6.4 8 13.6 2 6.4zM2 6.4h12M8 13.6 5.6 6.4 8 3l2.4 3.4z',
  java: 'M3 6.5h8v3.7a3.3 3.3 0 0 1-3.3 3.3H6.3A3.3 3.3 0 0 1 3 10.2zM11 7.7h1.2a1.6 1.6 0 0 1 0 3.2H11M5.5 2v2M8.5 2v2',
  go: 'M13.8 8a3.6 3.6 0 1 1-7.2 0 3.6 3.6 0 0 1 7.2 0zM1.5 6h3M1.5 10h3M2.6 8h1.9',
  dotnet: 'M3.5 12.5v-9l9 9v-9M1.5 12.5h.01',
  php: 'M14.4 8c0 2.5-2.9 4.4-6.4 4.4S1.6 10.5 1.6 8 4.5 3.6 8 3.6 14.4 5.5 14.4 8zM6.2 10.2 7.4 6h1.4a1.2 1.2 0 0 1 0 2.4H6.8',
  rust: 'M8 4.3a3.7 3.7 0 1 1 0 7.4 3.7 3.7 0 0 1 0-7.4zM8 1.5v1.6M8 12.9v1.6M1.5 8h1.6M12.9 8h1.6M3.4 3.4l1.2 1.2M11.4 11.4l1.2 1.2M3.4 12.6l1.2-1.2M11.4 4.6l1.2-1.2',
  command: 'M2.5 4 6.5 8l-4 4M8 12.5h5.5',
  browser: 'M2 3h12v10H2zM2 6.2h12M4.2 4.6h.01M6.2 4.6h.01',
  shell: 'M2 3h12v10H2zM4.6 6l2 2-2 2M8.4 10h3',
  git: 'M5 5.6v4.8M5 2.4a1.6 1.6 0 1 1 0 3.2 1.6 1.6 0 0 1 0-3.2zM5 10.4a1.6 1.6 0 1 1 0 3.2 1.6 1.6 0 0 1 0-3.2zM11.5 3.4a1.6 1.6 0 1 1 0 3.2 1.6 1.6 0 0 1 0-3.2zM11.5 6.6c0 2.3-3 2.4-5.2 3.6',
  container: 'M1.8 7.5h12.4v1.7a4 4 0 0 1-4 4H5.8a4 4 0 0 1-4-4zM4 7.5v-3h2.7v3M6.7 4.5h2.7v3',
  program: 'M3 3h10v10H3zM6.3 8h3.4',
  unknown: 'M6 6.2a2 2 0 1 1 2.9 1.8c-.6.3-.9.7-.9 1.4M8 11.6h.01',
};

/** The colours apps are told apart by; `--cat-1` … `--cat-8`. */
const TINTS = 8;

const made = new Map<string, ReactElement>();

/**
 * The mark of an app: what it runs on as a drawing, and which one it is as a colour that stays its own. The same element
 * is given for the same mark, so that a list draws it without work.
 */
export function appMark(app: string | null, runtime: Runtime): ReactNode {
  const tint = app === null ? 0 : tintOf(app);
  const key = `${runtime}${tint}`;
  let mark = made.get(key);
  if (mark === undefined) {
    mark = (
      <svg className="app-mark" data-tint={tint} data-runtime={runtime} viewBox="0 0 16 16" aria-hidden>
        <path d={DRAWINGS[runtime]} />
      </svg>
    );
    made.set(key, mark);
  }
  return mark;
}

/** 1…8, the same for the same name everywhere. */
export function tintOf(app: string): number {
  let hash = 7;
  for (let at = 0; at < app.length; at += 1) hash = (hash * 31 + app.charCodeAt(at)) >>> 0;
  return (hash % TINTS) + 1;
}
