import type { ReactNode } from 'react';
import { formatCount, formatDuration, formatSize } from '../../shared/format/quantities.ts';

/** A number with its unit in a dimmer weight: `1.45 kB`. */
function split(text: string): ReactNode {
  const gap = text.lastIndexOf(' ');
  if (gap < 0) return text;
  return (
    <>
      {text.slice(0, gap)}
      <span className="unit">&thinsp;{text.slice(gap + 1)}</span>
    </>
  );
}

/** Microseconds; null shows as a dash. */
export function Duration({ us }: { us: number | null }): ReactNode {
  return split(formatDuration(us));
}

/** Bytes; null shows as a dash. */
export function Size({ bytes }: { bytes: number | null }): ReactNode {
  return split(formatSize(bytes));
}

export function Count({ of }: { of: number }): ReactNode {
  return formatCount(of);
}
