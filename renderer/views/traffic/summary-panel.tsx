import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../client/api-context.ts';
import { IconButton } from '../../ui/button.tsx';
import { words } from '../../words/index.ts';

/** The open call in short, with the same face as inspect's panel. */
export function CallPanel({ id, onClose }: { id: number; onClose: () => void; onFull: () => void }): ReactNode {
  const api = useApi();
  const { data: call } = useQuery({ queryKey: ['call', id], queryFn: () => api.calls.get({ id }) });
  return (
    <section className="bulk" aria-label={words.traffic.menu.open}>
      <header className="bulk-head">
        <h2 className="ellipsis">{call ? `${call.method} ${call.host}${call.path}` : ''}</h2>
        <IconButton icon={X} label={words.general.close} keys="escape" onClick={onClose} />
      </header>
    </section>
  );
}
