// Why a program's connections were not seen, and how to capture them: by what kind of program it is.
import type { NotSeen } from '../../../../shared/contract/coverage.ts';

type Asked = Pick<NotSeen, 'reason' | 'process' | 'command' | 'host' | 'address' | 'port' | 'app'>;

interface Runtime {
  name: RegExp;
  why: string;
  /** For one that was pointed at us and goes round all the same. */
  around: string;
  /** For one that nobody pointed at us; `run`: the command that would. */
  never: (run: string) => string;
}

const withRun = (run: string): string => `Start it with ${run}.`;

/** What is known of runtimes that go round the proxy variables (test/clients/README.md has the table). */
const RUNTIMES: readonly Runtime[] = [
  {
    name: /^(?:java|javaw|kotlin|scala|gradle|mvn)$/,
    why: 'Java reads no proxy variables, and clients with a selector of their own no properties either.',
    around: 'Start it with “sallyport run” so that JAVA_TOOL_OPTIONS reaches it, or name the proxy in its client.',
    never: withRun,
  },
  {
    name: /^(?:python|pypy)[\d.]*$|\.py$/,
    why: 'Python’s http.client, aiohttp, and whatever opens its own sockets follow no proxy variables.',
    around: 'If it speaks HTTP, let its client take the environment’s proxy (aiohttp: trust_env=True), and start it with “sallyport run” and without -I, -E or -S so that the start-up hook is read.',
    never: withRun,
  },
  {
    name: /^(?:node|nodejs|bun|deno)$|\.[cm]?[jt]s$/,
    why: 'Clients that open their own sockets, such as undici’s Pool or ws, follow no proxy variables.',
    around: 'Start it with “sallyport run” so that the agent is in it; a variable that replaces NODE_OPTIONS on the way leaves it out.',
    never: withRun,
  },
  {
    name: /^(?:ruby)[\d.]*$|\.rb$/,
    why: 'Ruby leaves out what no_proxy names and this machine itself, and raw sockets follow nothing.',
    around: 'Start it with “sallyport run” so that RUBYOPT reaches it.',
    never: withRun,
  },
  {
    name: /^(?:chrome|chromium|google-chrome|msedge|brave|firefox|opera|vivaldi|Google Chrome|Microsoft Edge|Safari)/i,
    why: 'A browser follows the system’s proxy, not the environment’s; QUIC and background services go round both.',
    around: 'Open a window of Sallyport’s own under Capture: it goes round nothing.',
    never: () => 'Open a window of Sallyport’s own under Capture, or point the system’s proxy at Sallyport there.',
  },
  {
    name: /^(?:dockerd|docker-proxy|containerd|com\.docker|podman|conmon|slirp4netns|pasta|rootlessport)/,
    why: 'It carries what containers send, and their programs do not see this machine’s environment.',
    around: 'Start the container with “sallyport run -- docker run …”, or see Capture for a compose file.',
    never: () => 'Start the container with “sallyport run -- docker run …”, or see Capture for a compose file.',
  },
  {
    name: /^(?:ssh|sftp|scp|autossh|mosh)/,
    why: 'SSH is no HTTP, and uses no proxy.',
    around: 'There is nothing to read in it; it is counted so that you know of it.',
    never: () => 'There is nothing to read in it; it is counted so that you know of it.',
  },
];

const DATABASES: Readonly<Record<number, string>> = {
  3306: 'MySQL',
  5432: 'PostgreSQL',
  6379: 'Redis',
  27017: 'MongoDB',
  9092: 'Kafka',
  5672: 'RabbitMQ',
  1433: 'SQL Server',
  1521: 'Oracle',
  9042: 'Cassandra',
  11211: 'Memcached',
};

/** One sentence each. `program`: how the command line is started. */
export function explain(asked: Asked, program: string): Pick<NotSeen, 'why' | 'remedy'> {
  const { reason, process, host, port } = asked;
  if (reason === 'pass-through')
    return {
      why: `${host} is on the pass-through list, so its TLS was passed on unread.`,
      remedy: `Take ${host} off the list under Settings to see inside.`,
    };
  if (reason === 'pinned')
    return {
      why: `${process} did not accept Sallyport’s certificate for ${host}: it does not trust the CA, or it pins the vendor’s certificate.`,
      remedy: `Make it trust the CA (${program} ca path); if it pins, put ${host} on the pass-through list so that it works.`,
    };
  const run = `“${program} run -- ${process} …”`;
  const database = DATABASES[port];
  if (database !== undefined)
    return {
      why: `Port ${port} is ${database}’s: its protocol is no HTTP, and its clients use no proxy.`,
      remedy: 'There is no call to read in it; it is counted so that you know of it.',
    };
  const runtime = RUNTIMES.find(({ name }) => name.test(process)) ?? RUNTIMES.find(({ name }) => name.test(programIn(asked)));
  if (reason === 'around')
    return {
      why: runtime?.why ?? `${process} opened this connection itself, without regard to the proxy it was given.`,
      remedy:
        runtime?.around ?? 'If it speaks HTTP, see whether it has a proxy setting of its own, and name Sallyport there.',
    };
  return {
    why: `Nobody pointed ${process} at Sallyport.`,
    remedy: runtime?.never(run) ?? `Start it with ${run}, or point the system’s proxy at Sallyport under Capture.`,
  };
}

/** The interpreter, where a script gave the process its name. */
function programIn({ command }: Asked): string {
  return (command ?? '').split(' ')[0]!.split('/').pop()!;
}
