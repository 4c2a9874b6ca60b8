import type { ReactNode } from 'react';
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../client/api-context.ts';
import { words } from '../../words/index.ts';
import { Lines } from './lines.tsx';

const says = words.capture;

/** The addresses themselves, for whatever has a field for a proxy. */
export function AnythingPage(): ReactNode {
  const api = useApi();
  const { data: info } = useQuery({ queryKey: ['system.info'], queryFn: () => api.system.info(), staleTime: 60_000 });
  const proxy = info?.proxy ?? null;
  return (
    <article className="capture-way" aria-label={says.anything}>
      <h2>{says.anything}</h2>
      <p className="dim">{says.anythingSays}</p>
      {info && proxy !== null && (
        <Lines
          lines={[
            { does: says.anythingLines.http, text: proxy },
            { does: says.anythingLines.socks, text: proxy.replace(/^http:/, 'socks5h:') },
            { does: says.anythingLines.ca, text: info.caPath },
          ]}
        />
      )}
    </article>
  );
}
