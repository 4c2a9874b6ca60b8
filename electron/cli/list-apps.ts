import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { App } from '../../shared/contract/apps.ts';
import { formatCount } from '../../shared/format/quantities.ts';
import { isoTimestamp } from '../../shared/format/times.ts';
import { dataFolder } from '../hosts/data-folder.ts';
import type { AppsOptions } from './apps.ts';
import { connect, openCalls, openStoreOffline } from './connect.ts';
import type { Connection } from './connect.ts';
import { refusalFault } from './refusal-fault.ts';
import { note, write } from './terminal.ts';
import { textTable } from './text-table.ts';
import { timeOption } from './time-option.ts';

/** `sallyport apps`: of a running engine, or of what is stored. */
export async function listApps(options: AppsOptions): Promise<void> {
  const since = options.since === undefined ? 0 : timeOption('since', options.since);
  const connection = await openApps(dataFolder(options.data));
  try {
    const { apps, unnamed } = await connection.client.apps.list({ since, until: Date.now() * 1000 });
    if (options.format === 'ndjson')
      return await write(apps.map((app) => `${JSON.stringify(appRecord(app))}\n`).join(''));
    if (apps.length === 0) return note('No call has a name yet, and nobody has declared an app.');
    await write(
      textTable(
        ['APP', 'CALLS', 'ERRORS', 'HOSTS', 'OWNER', 'TEAM', 'SECRETS', 'LAST SEEN'],
        apps.map((app) => [
          app.name,
          formatCount(app.calls),
          formatCount(app.errors),
          formatCount(app.hosts),
          app.owner ?? '–',
          app.team ?? '–',
          String(app.credentials.filter(isLive).length || '–'),
          localTime(app.lastSeen),
        ]),
        ['CALLS', 'ERRORS', 'HOSTS', 'SECRETS'],
      ),
    );
    if (unnamed > 0) note(`${formatCount(unnamed)} calls more of nobody known.`);
  } catch (error) {
    throw refusalFault(error);
  } finally {
    await connection.close();
  }
}

/** A folder where apps were declared may hold no call yet. */
async function openApps(dataDir: string): Promise<Connection> {
  if (!existsSync(join(dataDir, 'apps.json'))) return openCalls(dataDir);
  return (await connect(dataDir)) ?? openStoreOffline(dataDir);
}

/** As scripts rely on it: times are ISO 8601 in UTC. */
function appRecord(app: App): object {
  const time = (at: number | null): string | null => (at === null ? null : isoTimestamp(at));
  return {
    ...app,
    firstSeen: time(app.firstSeen),
    lastSeen: time(app.lastSeen),
    credentials: app.credentials.map(credentialRecord),
  };
}

export function credentialRecord({ id, createdAt, lastUsedAt, endsAt }: App['credentials'][number]): object {
  const time = (at: number | null): string | null => (at === null ? null : isoTimestamp(at));
  return { id, createdAt: time(createdAt), lastUsedAt: time(lastUsedAt), endsAt: time(endsAt) };
}

export function isLive({ endsAt }: App['credentials'][number]): boolean {
  return endsAt === null || endsAt > Date.now() * 1000;
}

export function localTime(microseconds: number | null): string {
  if (microseconds === null) return '–';
  const at = new Date(microseconds / 1000);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`;
}
