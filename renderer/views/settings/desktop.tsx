import type { ReactNode } from 'react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useConnection } from '../../client/api-context.ts';
import { Switch } from '../../ui/fields.tsx';
import { toast } from '../../ui/toasts.tsx';
import { words } from '../../words/index.ts';
import { Row } from './fields.tsx';

const says = words.settings.desktop;

/** What only the desktop's shell has; the section is not there in a browser. */
export function Desktop(): ReactNode {
  const { shell } = useConnection();
  const queries = useQueryClient();
  const { data, error } = useQuery({
    queryKey: ['shell.settings'],
    queryFn: () => shell?.settings() ?? null,
    enabled: shell !== null,
  });
  const change = useMutation({
    mutationFn: async (next: Partial<Record<'launchAtLogin' | 'keepInTray' | 'updates', boolean>>) =>
      (await shell?.changeSettings(next)) ?? null,
    onSuccess: (answer) => queries.setQueryData(['shell.settings'], answer),
    onError: (fault) => toast(words.general.failed, { says: fault.message }),
  });
  if (error) return <p className="setting-problem">{error.message}</p>;
  if (!data) return null;
  return (
    <>
      <Row title={says.launchAtLogin} explains={says.launchAtLoginSays}>
        <Switch
          label={says.launchAtLogin}
          on={data.launchAtLogin}
          onChange={(on) => change.mutate({ launchAtLogin: on })}
        />
      </Row>
      <Row title={says.keepInTray} explains={says.keepInTraySays}>
        <Switch label={says.keepInTray} on={data.keepInTray} onChange={(on) => change.mutate({ keepInTray: on })} />
      </Row>
      <Row title={says.updates} explains={says.updatesSays(data.feed)}>
        <Switch
          label={says.updates}
          on={data.updates}
          disabled={data.feed === null}
          onChange={(on) => change.mutate({ updates: on })}
        />
      </Row>
    </>
  );
}
