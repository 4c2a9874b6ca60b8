import type { ReactNode } from 'react';
import { EyeOff } from 'lucide-react';
import { splitRedacted } from '../../shared/payload/redacted-value.ts';
import { Tip } from '../ui/tip.tsx';
import { words } from '../words/index.ts';
import './valued.css';

/** A stored value; what was redacted in it is shown as such, with what redaction means. */
export function Valued({ value }: { value: string }): ReactNode {
  if (!value.includes('***')) return value;
  return splitRedacted(value).map((piece, index) =>
    'text' in piece ? (
      piece.text
    ) : (
      <Tip key={index} text={words.inspect.redacted.tip(piece.fingerprint)}>
        <span className="redacted" tabIndex={0}>
          <EyeOff size={11} aria-hidden />
          <span className="unseen">{words.inspect.redacted.name} </span>
          <span aria-hidden>•••</span>
          {piece.lastFour}
          <span className="redacted-mark">{piece.fingerprint.slice(0, 8)}</span>
        </span>
      </Tip>
    ),
  );
}
