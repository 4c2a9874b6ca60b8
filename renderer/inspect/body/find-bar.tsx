import type { ReactNode, Ref } from 'react';
import { CaseSensitive, ChevronDown, ChevronUp, Regex, X } from 'lucide-react';
import { formatCount } from '../../../shared/format/quantities.ts';
import { IconButton } from '../../ui/button.tsx';
import { TextField } from '../../ui/fields.tsx';
import { words } from '../../words/index.ts';

const say = words.inspect.find;

export interface Sought {
  pattern: string;
  regex: boolean;
  matchCase: boolean;
}

/** What is sought in a body, how many there are, and ways to the next. */
export function FindBar({
  sought,
  onSeek,
  count,
  more,
  current,
  problem,
  onStep,
  onClose,
  field,
}: {
  sought: Sought;
  onSeek: (sought: Sought) => void;
  count: number;
  more: boolean;
  current: number;
  problem: string | null;
  onStep: (by: number) => void;
  onClose: () => void;
  field: Ref<HTMLInputElement>;
}): ReactNode {
  return (
    <div className="find-bar" role="search">
      <TextField
        ref={field}
        type="text"
        value={sought.pattern}
        placeholder={say.placeholder}
        aria-label={say.placeholder}
        problem={problem}
        onChange={(event) => onSeek({ ...sought, pattern: event.target.value })}
        onKeyDown={(event) => {
          if (event.key === 'Enter') {
            event.preventDefault();
            onStep(event.shiftKey ? -1 : 1);
          } else if (event.key === 'Escape') {
            event.preventDefault();
            event.stopPropagation();
            onClose();
          }
        }}
      />
      <IconButton
        icon={CaseSensitive}
        label={say.matchCase}
        pressed={sought.matchCase}
        onClick={() => onSeek({ ...sought, matchCase: !sought.matchCase })}
      />
      <IconButton
        icon={Regex}
        label={say.regex}
        pressed={sought.regex}
        onClick={() => onSeek({ ...sought, regex: !sought.regex })}
      />
      <span className="find-count dim" role="status">
        {problem !== null
          ? say.problem
          : sought.pattern === ''
            ? ''
            : count === 0
              ? say.none
              : `${formatCount(current + 1)} / ${formatCount(count)}${more ? '+' : ''}`}
      </span>
      <IconButton icon={ChevronUp} label={say.previous} keys="shift+enter" onClick={() => onStep(-1)} />
      <IconButton icon={ChevronDown} label={say.next} keys="enter" onClick={() => onStep(1)} />
      <IconButton icon={X} label={say.close} keys="escape" onClick={onClose} />
    </div>
  );
}
