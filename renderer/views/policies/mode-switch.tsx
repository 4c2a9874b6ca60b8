import type { ReactNode } from 'react';
import { MODES } from '../../../shared/model/policy.ts';
import type { Mode } from '../../../shared/model/policy.ts';
import { words } from '../../words/index.ts';
import './mode-switch.css';

const says = words.policies;

/** Off, observe or enforce. What is asked before it enforces is the owner’s. */
export function ModeSwitch({
  id,
  mode,
  onChange,
  inList = false,
}: {
  id: string;
  mode: Mode;
  onChange: (mode: Mode) => void;
  /** Rows have keys of their own: the Tab key passes it by. */
  inList?: boolean;
}): ReactNode {
  return (
    <div role="radiogroup" aria-label={says.modeOf(id)} className="mode-switch">
      {MODES.map((one, index) => (
        <button
          key={one}
          type="button"
          role="radio"
          aria-checked={one === mode}
          data-mode={one}
          title={says.modeSays[one]}
          tabIndex={!inList && one === mode ? 0 : -1}
          onClick={() => one !== mode && onChange(one)}
          onKeyDown={(event) => {
            const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key] ?? 0;
            const next = event.currentTarget.parentElement?.children[index + step];
            if (step === 0 || !(next instanceof HTMLElement)) return;
            event.preventDefault();
            event.stopPropagation();
            // It is chosen with Enter or Space: the arrows alone would begin to enforce.
            next.focus();
          }}
        >
          {says.mode[one]}
        </button>
      ))}
    </div>
  );
}
