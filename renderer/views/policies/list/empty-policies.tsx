import { useQuery } from '@tanstack/react-query';
import { ChevronDown } from 'lucide-react';
import type { ReactNode } from 'react';
import { POLICY_KINDS } from '../../../../shared/model/policy.ts';
import { useApi } from '../../../client/api-context.ts';
import type { Api } from '../../../client/api.ts';
import { goTo } from '../../../data/location.ts';
import { Button } from '../../../ui/button.tsx';
import { MenuButton } from '../../../ui/menu.tsx';
import { words } from '../../../words/index.ts';
import { boundsOf } from '../place.ts';
import { starterLimit } from './starter.ts';
import './empty-policies.css';

const says = words.policies;

interface Starter {
  text: string;
  vendor: { id: string; name: string; calls: number } | null;
  /** Its limit was worked out from recorded calls. */
  recommended: boolean;
}

/** A first policy for the vendor that was called most; its limit from what was recorded, where that can be said. */
export async function readStarter(api: Api, signal: AbortSignal): Promise<Starter> {
  const span = boundsOf('7d');
  const { vendors } = await api.vendors.list(span, { signal });
  const [busiest] = vendors.toSorted((a, b) => b.calls - a.calls);
  if (!busiest || busiest.calls === 0) return { text: starterLimit(null, 600), vendor: null, recommended: false };
  const vendor = { id: busiest.id, name: busiest.name, calls: busiest.calls };
  try {
    const policy = starterLimit(vendor.id, 60);
    const { limit } = await api.policies.recommend({ ...span, policy, newest: 100_000 }, { signal });
    return { text: starterLimit(vendor.id, limit), vendor, recommended: true };
  } catch {
    // Too little was recorded to say: a round figure to begin with.
    return { text: starterLimit(vendor.id, 60), vendor, recommended: false };
  }
}

export function useStarter() {
  const api = useApi();
  return useQuery({
    queryKey: ['policies', 'starter'],
    queryFn: ({ signal }) => readStarter(api, signal),
    staleTime: 60_000,
  }).data;
}

/** Where there is no policy: what one is, and one to begin with. */
export function EmptyPolicies({ file }: { file: string }): ReactNode {
  const starter = useStarter();
  return (
    <div className="empty-policies" role="status">
      <h2>{says.empty.title}</h2>
      <p>{says.empty.says}</p>
      {starter && (
        <>
          <p>{starter.vendor ? says.empty.starter(starter.vendor.name, starter.vendor.calls) : says.empty.noTraffic}</p>
          <pre tabIndex={0}>{starter.text}</pre>
          {starter.recommended && <p className="empty-policies-note">{says.empty.recommended}</p>}
        </>
      )}
      <div className="empty-policies-deeds">
        <Button look="primary" onClick={() => goTo('policies', { edit: 'new', kind: 'starter' })}>
          {says.empty.start}
        </Button>
        <MenuButton
          trigger={
            <Button>
              {says.empty.other}
              <ChevronDown size={12} aria-hidden />
            </Button>
          }
          entries={POLICY_KINDS.map((kind) => ({
            title: (
              <span className="policies-kind-line">
                <strong>{says.kind[kind]}</strong> <span className="dim">{says.kindSays[kind]}</span>
              </span>
            ),
            run: () => goTo('policies', { edit: 'new', kind }),
          }))}
        />
      </div>
      <p className="empty-policies-file dim">{says.file(file)}</p>
    </div>
  );
}
