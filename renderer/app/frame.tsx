import { Suspense, useState } from 'react';
import type { ReactNode } from 'react';
import { useConnection } from '../client/api-context.ts';
import { useSignal } from '../client/signal.ts';
import { useActions } from '../data/actions.ts';
import { DENSITIES, setDensity, setTheme, THEMES } from '../data/appearance.ts';
import { goTo, usePlace } from '../data/location.ts';
import { Button } from '../ui/button.tsx';
import { Late } from '../ui/late.tsx';
import { words } from '../words/index.ts';
import { AlertNotices } from './alert-notices.tsx';
import { Asks } from './asks.tsx';
import { Broken } from './broken.tsx';
import { ImportExport } from './import-export.tsx';
import { MockStrip } from './mock-strip.tsx';
import { KeysSheet } from './keys-sheet.tsx';
import { Palette } from './palette.tsx';
import { Rail } from './rail.tsx';
import { Refused } from './refused.tsx';
import { useShortcuts } from './shortcuts.ts';
import { StatusBar } from './status-bar.tsx';
import { PLACES, VIEWS } from './views.ts';
import './frame.css';

/** What is around every view: the rail, the status bar, the palette, the shortcuts. */
export function Frame(): ReactNode {
  const { state, shell, trouble } = useConnection();
  const connection = useSignal(state);
  const known = useSignal(trouble);
  const place = usePlace();
  const view = VIEWS.find(({ id }) => id === place.view) ?? PLACES[0];
  const [floating, setFloating] = useState<'palette' | 'keys' | null>(null);
  useShortcuts();
  useActions(words.frame.keysEverywhere, [
    {
      id: 'palette.open',
      title: words.frame.openPalette,
      keys: ['mod+k'],
      quiet: true,
      run: () => setFloating('palette'),
    },
    { id: 'keys.show', title: words.frame.showKeys, keys: ['?'], run: () => setFloating('keys') },
    ...PLACES.map(({ id, title }, index) => ({
      id: `view.${id}`,
      title,
      keys: [id === 'settings' ? 'mod+,' : `mod+${index + 1}`],
      quiet: true, // the palette lists views in a group of their own
      run: () => goTo(id),
    })),
    { id: 'view.coverage', title: words.coverage.open, run: () => goTo('coverage') },
    ...THEMES.map((theme) => ({
      id: `theme.${theme}`,
      title: words.frame.themeNamed(words.frame.themes[theme]),
      run: () => setTheme(theme),
    })),
    ...DENSITIES.map((density) => ({
      id: `density.${density}`,
      title: words.frame.densityNamed(words.frame.densities[density]),
      run: () => setDensity(density),
    })),
  ]);

  if (connection === 'refused') return <Refused />;
  const Page = view?.page;
  return (
    <div className="frame">
      <Rail current={view?.id ?? ''} />
      <main className="frame-view" aria-label={view?.title}>
        {connection === 'lost' && (
          <div className="frame-lost" role="alert">
            <strong>{words.frame.lostTitle}.</strong> {known?.why ?? words.frame.lostSays}{' '}
            {known?.final === true && <Button onClick={() => shell?.restartEngine()}>{words.frame.lostRestart}</Button>}
          </div>
        )}
        <MockStrip />
        <Broken key={view?.id}>
          <Suspense
            fallback={
              <Late>
                <p className="frame-late dim">{words.general.loading}</p>
              </Late>
            }
          >
            {Page && <Page />}
          </Suspense>
        </Broken>
      </main>
      <StatusBar />
      <Asks />
      <AlertNotices />
      <ImportExport />
      <Palette open={floating === 'palette'} onClose={() => setFloating(null)} />
      <KeysSheet open={floating === 'keys'} onClose={() => setFloating(null)} />
    </div>
  );
}
