/** A `docker run` (or `create`, or podman's) as somebody typed it, taken apart as far as we need. */
export interface ContainerCommand {
  /** Where our own options go in: right behind `run`, so that what the user says later counts. */
  insertAt: number;
  image: string;
  /** `--network`; null when not said. */
  network: string | null;
  /** It goes on after the command has ended. */
  detached: boolean;
  /** Names given an address by `--add-host`. */
  hosts: ReadonlySet<string>;
}

/** Options without a value; every other one takes one (docker 28 and podman 5, `run --help`). */
const FLAGS = new Set(
  'detach disable-content-trust help init interactive no-healthcheck oom-kill-disable privileged publish-all quiet read-only rm sig-proxy tty use-api-socket no-hosts no-hostname replace rmi tls-verify env-host http-proxy passwd systemd'.split(
    ' ',
  ),
);
const SHORT_FLAGS = new Set('ditPq');
const LONG_OF: Readonly<Record<string, string>> = { d: 'detach' };
/** Options of `docker` itself that take a value. */
const GLOBAL_VALUES = new Set([
  '-c',
  '-H',
  '-l',
  '--config',
  '--connection',
  '--context',
  '--host',
  '--identity',
  '--log-level',
  '--root',
  '--runroot',
  '--tlscacert',
  '--tlscert',
  '--tlskey',
  '--url',
]);

/** Null when it starts no container, or is not understood: then it is left as it is. */
export function readContainerCommand(args: readonly string[]): ContainerCommand | null {
  let at = skipGlobals(args);
  if (args[at] === 'container') at += 1;
  if (args[at] !== 'run' && args[at] !== 'create') return null;
  const insertAt = at + 1;
  // A created container is started by somebody else, later.
  const found = { network: null as string | null, detached: args[at] === 'create' };
  const hosts = new Set<string>();
  const take = (name: string, value: string): void => {
    if (name === 'network' || name === 'net') found.network = value;
    else if (name === 'detach') found.detached = value !== 'false';
    else if (name === 'add-host') hosts.add(before(value.replace('=', ':'), ':'));
  };
  for (at = insertAt; at < args.length; at += 1) {
    const word = args[at] ?? '';
    if (word === '--') {
      at += 1;
      break;
    }
    if (!word.startsWith('-') || word === '-') break;
    if (word.startsWith('--')) {
      const name = before(word.slice(2), '=');
      if (word.includes('=')) take(name, word.slice(name.length + 3));
      else if (FLAGS.has(name)) take(name, 'true');
      else take(name, args[(at += 1)] ?? '');
      continue;
    }
    // -it, -dp 80:80, -eNAME=value
    for (let letter = 1; letter < word.length; letter += 1) {
      const name = word[letter] ?? '';
      const long = LONG_OF[name] ?? name;
      if (SHORT_FLAGS.has(name)) {
        take(long, 'true');
        continue;
      }
      const rest = word.slice(letter + 1).replace(/^=/, '');
      take(long, rest === '' ? (args[(at += 1)] ?? '') : rest);
      break;
    }
  }
  const image = args[at];
  return image === undefined ? null : { insertAt, image, ...found, hosts };
}

function skipGlobals(args: readonly string[]): number {
  let at = 0;
  while (args[at]?.startsWith('-')) at += GLOBAL_VALUES.has(args[at] ?? '') ? 2 : 1;
  return at;
}

function before(text: string, mark: string): string {
  const end = text.indexOf(mark);
  return end < 0 ? text : text.slice(0, end);
}
