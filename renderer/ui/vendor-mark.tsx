import { useState } from 'react';
import type { CSSProperties, ReactNode } from 'react';
import './vendor-mark.css';

/**
 * A vendor's logo, or its first letter where there is none; `size` in pixels, 16 to 32. It stands beside the name and
 * says nothing by itself, so screen readers pass it over.
 *
 * `logo` is the picture's name as the catalogue has it: `x.mono` is one colour and drawn in the text's, `x.plate` has
 * dark parts and gets a light ground on the dark theme.
 */
export function VendorMark({ name, logo, size = 20 }: { name: string; logo: string | null; size?: number }): ReactNode {
  const [missing, setMissing] = useState<string | null>(null);
  const box = { width: size, height: size };
  if (logo === null || logo === missing || !/^[a-z\d.-]+$/.test(logo)) {
    return (
      <span
        className="vendor-mark"
        data-ground="letter"
        style={{ ...box, fontSize: Math.round(size * 0.55) }}
        aria-hidden
      >
        {letterOf(name)}
      </span>
    );
  }
  // Of every door's root, however deep the page's own address is.
  const address = `/logos/${logo}.svg`;
  if (logo.endsWith('.mono')) {
    const shape = { '--logo': `url("${address}")` } as CSSProperties;
    return (
      <span className="vendor-mark" data-ground="mono" style={box} aria-hidden>
        <span className="vendor-mark-shape" style={shape} />
      </span>
    );
  }
  return (
    <span className="vendor-mark" data-ground={logo.endsWith('.plate') ? 'plate' : 'plain'} style={box} aria-hidden>
      <img src={address} alt="" decoding="async" onError={() => setMissing(logo)} />
    </span>
  );
}

/** The first letter or digit, as people would write it large. */
export function letterOf(name: string): string {
  return (/[\p{L}\p{N}]/u.exec(name)?.[0] ?? '?').toUpperCase();
}
