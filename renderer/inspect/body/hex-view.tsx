import type { ReactNode } from 'react';
import { words } from '../../words/index.ts';
import { Windowed } from '../windowed.tsx';
import type { BodyReader } from './body-reader.ts';
import type { Shown } from './protocol.ts';
import { useWindow } from './use-window.ts';

const ROW = 18;

/** Bytes as they are: place, sixteen in hex, and as text. */
export function HexView({ reader, shown }: { reader: BodyReader; shown: Shown & { kind: 'hex' } }): ReactNode {
  const rows = useWindow((from, count) => reader.ask('hex', { from, count }));
  return (
    <Windowed
      rows={shown.rows}
      rowHeight={ROW}
      label={words.inspect.viewer.hex}
      className="window-view"
      draw={(from, count) =>
        Array.from({ length: count }, (_, index) => {
          const row = from + index;
          const held = rows.block(row);
          const bytes = held ? held.block.bytes.subarray(held.at * 16, held.at * 16 + 16) : null;
          return (
            <div key={row} className="window-row hex-row" style={{ height: ROW }}>
              <span className="window-line">{(row * 16).toString(16).padStart(8, '0')}</span>
              <span>{bytes ? hexOf(bytes) : ''}</span>
              <span className="hex-text">{bytes ? textOf(bytes) : ''}</span>
            </div>
          );
        })
      }
    />
  );
}

function hexOf(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < 16; at++) {
    const byte = bytes[at];
    text += byte === undefined ? '   ' : `${byte.toString(16).padStart(2, '0')} `;
    if (at === 7) text += ' ';
  }
  return text;
}

function textOf(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '·';
  return text;
}
