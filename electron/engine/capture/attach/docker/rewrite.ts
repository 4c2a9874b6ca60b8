import { readContainerCommand } from './read-command.ts';

/** The name a container knows this machine by; Docker Desktop has it everywhere, on Linux it is given. */
export const HOST_NAME = 'host.docker.internal';
/** Where our files lie inside a container. */
export const INSIDE = '/etc/sallyport';

/** How a container of a certain network reaches the engine. */
export type Reach =
  /** It shares this machine's network. */
  | 'loopback'
  /** By HOST_NAME, which is given an address where the system does not know it. */
  | 'named';

/** What a container is given. */
export interface ContainerGift {
  /** Folder of this machine with our files, mounted at INSIDE. */
  folder: string;
  /** Address to give HOST_NAME; null where it is known already. */
  hostAddress: string | null;
}

/** Why a container runs as it would have without us. */
export type LeftAlone = 'no-container' | 'no-network' | 'outlives';

/** Whether, and how, what a command starts can reach the engine. */
export function reachOf(args: readonly string[]): Reach | LeftAlone {
  const command = readContainerCommand(args);
  if (command === null) return 'no-container';
  if (command.network === 'none') return 'no-network';
  // The engine's port for it goes with the command that was typed.
  if (command.detached) return 'outlives';
  return command.network === 'host' ? 'loopback' : 'named';
}

/**
 * The same command with a container that goes through us: variables, our files, a name for this machine. What the
 * user's own options say counts: `--env` wins over files of variables, a later file over an earlier one.
 */
export function rewriteContainerCommand(
  args: readonly string[],
  gift: ContainerGift & {
    /** File of the variables: they hold a secret, and everybody on the machine can read a command line. */
    envFile: string;
  },
): string[] {
  const command = readContainerCommand(args);
  if (command === null) return [...args];
  const ours = ['--env-file', gift.envFile, '--volume', `${gift.folder}:${INSIDE}:ro`];
  // A network that is another container's has that one's names.
  const given = command.hosts.has(HOST_NAME) || command.network?.startsWith('container:') === true;
  if (gift.hostAddress !== null && command.network !== 'host' && !given) {
    ours.push('--add-host', `${HOST_NAME}:${gift.hostAddress}`);
  }
  return [...args.slice(0, command.insertAt), ...ours, ...args.slice(command.insertAt)];
}
