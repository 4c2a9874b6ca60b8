import { journalled, openJournal } from './journal.ts';
import { proxyJournal, stillOurs } from './system-proxy/put-back.ts';
import { settingsOf } from './system-proxy/settings-of.ts';
import type { Machine } from './system-proxy/settings-of.ts';

/** How the system's proxy stands, whoever set it. */
export interface SystemProxyState {
  /** `host:port` that programs go through; null: none. */
  proxy: string | null;
  /** Whether we set it and have not put it back. */
  ours: boolean;
  /** Why it cannot be told; null when it can. */
  obstacle: string | null;
}

/** Reads the system's proxy; changes nothing. */
export async function readSystemProxy(dataDir: string, machine: Machine): Promise<SystemProxyState> {
  const settings = settingsOf(machine);
  const obstacle = await settings.obstacle();
  if (obstacle !== null) return { proxy: null, ours: false, obstacle: obstacle.why };
  const now = await settings.read();
  const changed = proxyJournal(dataDir).read();
  return {
    proxy: settings.proxyIn(now),
    ours: changed !== null && stillOurs(changed, now).length > 0,
    obstacle: null,
  };
}

/** Profiles of browsers that an engine has open, or left behind when it was killed. */
export function browserProfiles(dataDir: string): string[] {
  return journalled(dataDir).flatMap((id) => openJournal(dataDir, id, hasProfile).read()?.profile ?? []);
}

function hasProfile(value: unknown): value is { profile: string } {
  return typeof value === 'object' && value !== null && 'profile' in value && typeof value.profile === 'string';
}
