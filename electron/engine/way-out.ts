import type { Settings } from '../../shared/contract/settings.ts';
import { chooseOneProxy, readUpstreamProxy } from './pipeline/forward/upstream-proxy.ts';

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
