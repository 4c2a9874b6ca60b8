import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useApi } from '../client/api-context.ts';
import type { Api } from '../client/api.ts';
import { goTo } from '../data/location.ts';
import { toast } from '../ui/toasts.tsx';
import { words } from '../words/index.ts';

const says = words.alerts.notice;
const AGAIN_MS = 3000;
/** More than these at once are said as a number. */
const MOST = 3;
type Alert = Awaited<ReturnType<Api['policies']['alerts']>>['alerts'][number];

/**
 * Shows alerts that are to be told on the desktop, on whatever view: in the page, and by the system where the shell or the
 * browser lets us. Of several pages one shows each: the one that the engine hears first.
 */
export function AlertNotices(): null {
  const api = useApi();
  const { data } = useQuery({
    queryKey: ['alert-notices'],
    queryFn: ({ signal }) => {
      const now = Date.now() * 1000;
      // Only those that are open: nobody need be called for what is over.
      return api.policies.alerts({ since: now, until: now + 60_000_000, limit: 200 }, { signal });
    },
    refetchInterval: AGAIN_MS,
    // Above all when nobody looks at it.
    refetchIntervalInBackground: true,
  });
  useEffect(() => {
    const waiting = (data?.alerts ?? []).filter(isToBeShown);
    if (waiting.length > 0) void show(api, waiting);
  }, [api, data]);
  return null;
}

function isToBeShown({ state, deliveries }: Alert): boolean {
  return state === 'open' && deliveries.some((one) => one.to === 'desktop' && one.state === 'waiting');
}

async function show(api: Api, waiting: readonly Alert[]): Promise<void> {
  const claims = await Promise.allSettled(waiting.map(({ id }) => api.policies.showAlert({ id })));
  // What could not be claimed waits for the next look.
  const ours = waiting.filter((_, place) => {
    const claim = claims[place];
    return claim?.status === 'fulfilled' && claim.value.first;
  });
  if (ours.length > MOST) tell(says.many(ours.length), says.manySays);
  else for (const { policy, key, sentence } of ours) tell(says.title(policy, key), sentence);
}

function tell(title: string, body: string): void {
  toast(title, { says: body, action: { title: says.open, run: () => goTo('policies', { tab: 'alerts' }) } });
  if (window.sallyport) window.sallyport.notify({ title, body });
  else if (document.hidden && 'Notification' in window && Notification.permission === 'granted') {
    const notice = new Notification(title, { body });
    notice.addEventListener('click', () => window.focus());
  }
}
