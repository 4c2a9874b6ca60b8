/** What a check of `doctor` found. */
export interface Finding {
  check: string;
  verdict: 'ok' | 'warn' | 'fail';
  finding: string;
  /** What to do; null when nothing need be done. */
  remedy: string | null;
}

export const ok = (finding: string) => ({ verdict: 'ok' as const, finding, remedy: null });
export const warn = (finding: string, remedy: string) => ({ verdict: 'warn' as const, finding, remedy });
export const fail = (finding: string, remedy: string) => ({ verdict: 'fail' as const, finding, remedy });
