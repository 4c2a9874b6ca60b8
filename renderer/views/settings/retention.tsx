import { useState } from 'react';
import type { ReactNode } from 'react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useApi } from '../../client/api-context.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/dialog.tsx';
import { toast } from '../../ui/toasts.tsx';
import { words } from '../../words/index.ts';
import { Row, TypedField } from './fields.tsx';
import { forecast } from './forecast.ts';
import { readDays, readSize, writeSize } from './read-input.ts';
import type { SettingsUse } from './use-settings.ts';

const says = words.settings;
const WEEK_US = 7 * 86_400_000_000;
const date = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short' });

/** How much is kept, what that means in days, and how to make room. */
export function Retention({ use }: { use: SettingsUse }): ReactNode {
  const size = { read: (text: string) => readSize(text) ?? undefined, write: writeSize, bad: says.bad.size };
  const days = {
    read: (text: string) => readDays(text) ?? undefined,
    write: String,
    bad: says.bad.days,
    unit: says.days,
  };
  const { field } = says;
  return (
    <>
      <Meaning use={use} />
      <TypedField
        use={use}
        path="retention.callBytes"
        title={field.callBytes}
        explains={field.callBytesSays}
        {...size}
      />
      <TypedField
        use={use}
        path="retention.callAgeDays"
        title={field.callAgeDays}
        explains={field.callAgeDaysSays}
        {...days}
      />
      <TypedField
        use={use}
        path="retention.bodyBytes"
        title={field.bodyBytes}
        explains={field.bodyBytesSays}
        {...size}
      />
      <TypedField
        use={use}
        path="retention.bodyAgeDays"
        title={field.bodyAgeDays}
        explains={field.bodyAgeDaysSays}
        {...days}
      />
      <MakeRoom />
    </>
  );
}

/** The budgets in days, computed from what is stored and how it grew lately. */
function Meaning({ use }: { use: SettingsUse }): ReactNode {
  const api = useApi();
  const { data } = useQuery({
    queryKey: ['settings.present'],
    queryFn: async ({ signal }) => {
      const now = Date.now() * 1000;
      const [storage, overview] = await Promise.all([
        api.system.storage(undefined, { signal }),
        api.system.overview({ since: now - WEEK_US, until: now }, { signal }),
      ]);
      return { now, storage, recent: overview?.totals.calls ?? 0 };
    },
    refetchInterval: 10_000,
  });
  const retention = use.answer?.settings.retention;
  if (!data || !retention) return <div className="forecast" />;
  const { now, storage, recent } = data;
  const oldest = storage.oldestStartedAt;
  const seen =
    oldest === null
      ? null
      : forecast(
          {
            calls: storage.calls,
            callBytes: storage.callsUsed,
            bodyBytes: storage.bodiesUsed,
            oldest,
            now,
            recent: { calls: recent, us: WEEK_US },
          },
          retention,
        );
  return (
    <section className="forecast" aria-label={says.forecast.title}>
      <h3>{says.forecast.title}</h3>
      <p className="dim">
        {seen
          ? says.forecast.rate(
              Math.round(seen.callsPerDay),
              Math.round(seen.callBytesPerDay),
              Math.round(seen.bodyBytesPerDay),
            )
          : says.forecast.early}{' '}
        {says.forecast.stored(storage.calls, storage.bodies)}{' '}
        {oldest !== null && says.forecast.since(date.format(oldest / 1000))}
      </p>
      {(['calls', 'bodies'] as const).map((what) => {
        const used = what === 'calls' ? storage.callsUsed : storage.bodiesUsed;
        const room = what === 'calls' ? retention.callBytes : retention.bodyBytes;
        const reach = seen?.[what];
        return (
          <div key={what} className="forecast-line">
            <span>
              {!reach ? (
                says.forecast.name[what]
              ) : (
                <>
                  <strong>{says.forecast[what](says.forecast.days(reach.days))}</strong>{' '}
                  <span className="dim">{reach.by === 'room' ? says.forecast.byRoom : says.forecast.byAge}</span>
                </>
              )}
            </span>
            <span className="forecast-bar" aria-hidden>
              <span style={{ width: `${Math.min(100, room === 0 ? 100 : (used / room) * 100)}%` }} />
            </span>
            <span className="dim">{says.forecast.used(used, writeSize(room))}</span>
          </div>
        );
      })}
    </section>
  );
}

/** Deleting and compacting: jobs, watched in the status bar. */
function MakeRoom(): ReactNode {
  const api = useApi();
  const queries = useQueryClient();
  const [asking, setAsking] = useState(false);
  const stored = useQuery({ queryKey: ['system.storage'], queryFn: () => api.system.storage() });
  const begun = {
    onSuccess: () => {
      toast(says.danger.started);
      void queries.invalidateQueries({ queryKey: ['jobs'] });
    },
    onError: (error: Error) => toast(words.general.failed, { says: error.message }),
  };
  const compact = useMutation({ mutationFn: () => api.jobs.compact(), ...begun });
  const remove = useMutation({ mutationFn: () => api.jobs.removeCalls({ pinned: true }), ...begun });
  return (
    <>
      <h2 className="setting-group">{says.danger.title}</h2>
      <Row title={says.danger.compact} explains={says.danger.compactSays}>
        <Button onClick={() => compact.mutate()}>{says.danger.compact}</Button>
      </Row>
      <Row title={says.danger.remove.replace('…', '')} explains={says.danger.removeSays}>
        <Button look="danger" onClick={() => setAsking(true)}>
          {says.danger.remove}
        </Button>
      </Row>
      <Confirm
        open={asking}
        title={says.danger.removeTitle}
        says={says.danger.removeAsk(stored.data?.calls ?? 0)}
        action={says.danger.removeAction}
        onAnswer={(yes) => {
          setAsking(false);
          if (yes) remove.mutate();
        }}
      />
    </>
  );
}
