import { useLayoutEffect } from 'react';
import { useConnection } from '../client/api-context.ts';
import { allActions, runAction } from '../data/actions.ts';
import { matchesKeys } from '../ui/keys.tsx';
import { PLACES } from './views.ts';

/** Runs actions by their shortcuts: the innermost offer first. Single keys rest while somebody types. */
export function useShortcuts(): void {
  const { shell } = useConnection();
  useLayoutEffect(() => {
    shell?.describeViews(PLACES.map(({ id, title }) => ({ action: `view.${id}`, title })));
    return shell?.onCommand((id) => void runAction(id));
  }, [shell]);
  useLayoutEffect(() => {
    function onKey(event: KeyboardEvent): void {
      if (event.defaultPrevented || event.isComposing) return;
      const typing = isTyping(event.target);
      for (const action of allActions()) {
        const hit = action.keys?.some(
          (keys) => (!typing || action.whileTyping === true || keys.includes('mod+')) && matchesKeys(event, keys),
        );
        if (hit !== true) continue;
        event.preventDefault();
        action.run();
        return;
      }
    }
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.matches(
        'input:not([type=checkbox],[type=radio]), textarea, select, [role=menu], [role=menu] *, [role=listbox] *',
      ))
  );
}
