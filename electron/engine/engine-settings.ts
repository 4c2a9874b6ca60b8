import type { Settings, SettingsChange } from '../../shared/contract/settings.ts';
import type { ArchiveSettings } from './archive/archive.ts';
import type { EngineOptions } from './engine.ts';
import { chooseOneProxy, readUpstreamProxy } from './pipeline/forward/upstream-proxy.ts';

/** What the caller of `createEngine` decides, as settings that nobody else may change. */
export function flagsOf({
  bodyLimit,
  budgets,
  passThrough,
  access,
}: Pick<EngineOptions, 'bodyLimit' | 'budgets' | 'passThrough' | 'access'>): SettingsChange {
  return {
    capture: {
      ...(bodyLimit !== undefined && { bodyLimit }),
      ...(passThrough !== undefined && passThrough.length > 0 && { passThrough: [...passThrough] }),
    },
    ...(budgets !== undefined && { retention: budgets }),
    ...(access !== undefined && { network: access }),
  };
}

export function archiveSettings({ capture, retention, redaction }: Settings): ArchiveSettings {
  return { bodyLimit: capture.bodyLimit, budgets: retention, redaction };
}

/** What, when it differs, makes connections of before unfit. */
export function wayOut({ network }: Settings): string {
  return JSON.stringify([network.upstreamProxy, network.noProxy]);
}

/** Which proxy a connection goes through; what cannot be read in the environment throws in words. */
export function proxyChoice(
  { network }: Settings,
  environment: Record<string, string | undefined>,
): ReturnType<typeof readUpstreamProxy> {
  if (network.upstreamProxy === 'environment') return readUpstreamProxy(environment);
  if (network.upstreamProxy === 'none') return () => null;
  return chooseOneProxy(network.upstreamProxy, network.noProxy);
}
