import { ChevronLeft, ChevronRight, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { spanLabel } from '../../charts/wall-clock.ts';
import { changePlace } from '../../data/location.ts';
import { IconButton } from '../../ui/button.tsx';
import { words } from '../../words/index.ts';
import type { Step } from './span.ts';

const says = words.map;

/** A slider over the days (or hours) of the span; the picture keeps its places meanwhile. */
export function TimeWalk({
  steps,
  step,
  calls,
  onClose,
}: {
  steps: readonly Step[];
  step: Step | null;
  calls: number;
  onClose: () => void;
}): ReactNode {
  const at = step ? steps.indexOf(step) : steps.length - 1;
  const shown = steps[at];
  if (!shown) return null;
  const go = (index: number): void => changePlace({ at: steps[index]?.key });
  return (
    <div className="map-walk">
      <span className="dim">{shown.key.includes('T') ? says.walkHours : says.walkDays}</span>
      <IconButton icon={ChevronLeft} label={says.walkEarlier} keys="[" disabled={at === 0} onClick={() => go(at - 1)} />
      <input
        type="range"
        min={0}
        max={steps.length - 1}
        value={at}
        aria-label={says.walk}
        aria-valuetext={spanLabel(shown.since, shown.until)}
        onChange={(event) => go(event.target.valueAsNumber)}
      />
      <IconButton
        icon={ChevronRight}
        label={says.walkLater}
        keys="]"
        disabled={at === steps.length - 1}
        onClick={() => go(at + 1)}
      />
      <output className="map-walk-at">
        <strong>{spanLabel(shown.since, shown.until)}</strong>{' '}
        <span className="dim">{step && says.walkCalls(calls)}</span>
      </output>
      <IconButton icon={X} label={says.walkEnd} onClick={onClose} />
    </div>
  );
}
