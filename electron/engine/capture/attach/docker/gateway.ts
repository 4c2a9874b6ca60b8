import { networkInterfaces } from 'node:os';

/** Runs `docker` with these arguments, quickly; null when it fails or says nothing. */
export type AskDocker = (args: readonly string[]) => string | null;

/**
 * The address of this machine on docker's bridge, by which containers reach it; null when there is none. Docker
 * Desktop and podman machines have no bridge here: there the name alone leads to this machine's loopback.
 */
export function bridgeAddress(ask: AskDocker, interfaces = networkInterfaces()): string | null {
  const said = ask(['network', 'inspect', 'bridge', '--format', '{{range .IPAM.Config}}{{println .Gateway}}{{end}}']);
  const addresses = (said ?? '').split(/\s+/).filter((word) => /^\d+(\.\d+){3}$/.test(word));
  const here = Object.values(interfaces).flatMap((list) => (list ?? []).map(({ address }) => address));
  const found = addresses.find((address) => here.includes(address) || address.startsWith('127.'));
  return found ?? interfaces['docker0']?.find(({ family }) => family === 'IPv4')?.address ?? null;
}

/** The variables an image sets; null when it is not there yet, or docker does not say. */
export function imageEnvironment(ask: AskDocker, image: string): readonly string[] | null {
  try {
    const read: unknown = JSON.parse(ask(['image', 'inspect', '--format', '{{json .Config.Env}}', image]) ?? '');
    if (read === null) return [];
    return Array.isArray(read) ? read.filter((line): line is string => typeof line === 'string') : null;
  } catch {
    return null;
  }
}
