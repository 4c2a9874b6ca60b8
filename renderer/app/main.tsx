import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { CSPProvider } from '@base-ui/react/csp-provider';
import { Tooltip } from '@base-ui/react/tooltip';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { ConnectionContext } from '../client/api-context.ts';
import { connect } from '../client/connection.ts';
import { applyAppearance } from '../data/appearance.ts';
import { loadPreferences } from '../data/preferences.ts';
import { styleNonce } from '../ui/nonce.ts';
import { Toasts } from '../ui/toasts.tsx';
import { Frame } from './frame.tsx';
import '../ui/tokens.css';
import '../ui/base.css';

applyAppearance();
const connection = connect();
connection.state.watch(() => {
  if (connection.state.get() === 'open') loadPreferences(connection.api).catch(() => {});
});

const queries = new QueryClient({
  // The engine is on this machine: an error is an answer, not a moment of bad network.
  defaultOptions: { queries: { retry: false, refetchOnWindowFocus: false, staleTime: 1000 } },
});
// What was asked of an engine that went away is asked again when one is back.
connection.state.watch(() => {
  if (connection.state.get() === 'open') void queries.invalidateQueries();
});

const root = document.getElementById('root');
if (!root) throw new Error('The page has no #root.');
createRoot(root).render(
  <StrictMode>
    <ConnectionContext value={connection}>
      <QueryClientProvider client={queries}>
        <CSPProvider nonce={styleNonce}>
          <Tooltip.Provider delay={400}>
            <Frame />
            <Toasts />
          </Tooltip.Provider>
        </CSPProvider>
      </QueryClientProvider>
    </ConnectionContext>
  </StrictMode>,
);
