import type { ReactNode } from 'react';
import { linkTo } from '../data/location.ts';
import { Tip } from '../ui/tip.tsx';
import { words } from '../words/index.ts';
import { PLACES } from './views.ts';

/** The views as icons. Links, so that a view can be opened in a second window. */
export function Rail({ current }: { current: string }): ReactNode {
  const foot = PLACES.findIndex((view) => view.foot);
  return (
    <nav className="rail" aria-label={words.frame.views}>
      {PLACES.map(({ id, title, icon: Icon }, index) => (
        <span key={id} style={index === foot ? { marginTop: 'auto' } : undefined}>
          <Tip text={title} keys={id === 'settings' ? 'mod+,' : `mod+${index + 1}`} side="right">
            <a
              className="rail-view"
              href={linkTo(id)}
              aria-label={title}
              aria-current={id === current ? 'page' : undefined}
            >
              <Icon size={18} aria-hidden />
            </a>
          </Tip>
        </span>
      ))}
    </nav>
  );
}
