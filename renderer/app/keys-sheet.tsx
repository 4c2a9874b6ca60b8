import type { ReactNode } from 'react';
import { useOffers } from '../data/actions.ts';
import type { Action } from '../data/actions.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Keys } from '../ui/keys.tsx';
import { words } from '../words/index.ts';
import './keys-sheet.css';

/** The shortcuts that work just now, the view's first. */
export function KeysSheet({ open, onClose }: { open: boolean; onClose: () => void }): ReactNode {
  // A scope may be offered from several places.
  const scopes = new Map<string, Action[]>();
  for (const { scope, actions } of useOffers()) {
    const keyed = actions.filter(({ keys, alsoKeys }) => keys !== undefined || alsoKeys !== undefined);
    if (keyed.length > 0) scopes.set(scope, [...(scopes.get(scope) ?? []), ...keyed]);
  }
  return (
    <Dialog open={open} onClose={onClose} title={words.frame.keysTitle} wide>
      <div className="keys-sheet">
        {[...scopes]
          .map(([scope, actions]) => ({
            scope,
            actions: actions.filter(({ keys, alsoKeys }) => keys !== undefined || alsoKeys !== undefined),
          }))
          .filter(({ actions }) => actions.length > 0)
          .map(({ scope, actions }) => (
            <section key={scope}>
              <h3>{scope}</h3>
              <dl>
                {actions.map(({ id, title, keys = [], alsoKeys = [] }) => (
                  <div key={id}>
                    <dt>{title}</dt>
                    <dd>
                      {[...keys, ...alsoKeys].map((one) => (
                        <Keys key={one} of={one} />
                      ))}
                    </dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
      </div>
    </Dialog>
  );
}
