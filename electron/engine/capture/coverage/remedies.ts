// Why a program's connections were not seen, and how to capture them: by what kind of program it is.
import type { NotSeen } from '../../../../shared/contract/coverage.ts';

type Asked = Pick<NotSeen, 'reason' | 'process' | 'command' | 'host' | 'address' | 'port' | 'app'>;

interface Runtime {
  name: RegExp;
  why: string;
  remedy: (run: string) => string;
}

/** What is known of runtimes that go round the proxy variables (test/clients/README.md has the table). */
const RUNTIMES: readonly Runtime[] = [
  {
    name: /^(?:java|javaw|kotlin|scala|gradle|mvn)$/,
    why: 'Java reads no proxy variables.',
    remedy: (run) => `Start it with ${run}, which hands Java its proxy and trust by JAVA_TOOL_OPTIONS.`,
  },
  {
    name: /^(?:python|pypy)[\d.]*$|\.py$/,
    why: 'Python’s http.client, aiohttp, and whatever opens its own sockets follow no proxy variables.',
    remedy: (run) => `Start it with ${run}, which brings a start-up hook; or let its client trust the environment.`,
  },
  {
    name: /^(?:node|nodejs|bun|deno)$|\.[cm]?[jt]s$/,
    why: 'Clients of its own, such as undici’s Pool, ws or the SDKs of vendors, follow no proxy variables.',
    remedy: (run) => `Start it with ${run}, which brings the agent; a running one: sallyport attach node.`,
  },
  {
    name: /^(?:chrome|chromium|google-chrome|msedge|brave|firefox|Google Chrome|Microsoft Edge|safari)/i,
    why: 'A browser follows the system’s proxy, not the environment’s.',
    remedy: () => 'Open a browser of Sallyport’s own under Capture, or point the system’s proxy at it there.',
  },
  {
    name: /^(?:dockerd|docker-proxy|containerd|com\.docker|podman|conmon|slirp4netns|pasta|rootlessport)/,
    why: 'It carries what containers send, and their programs do not see this machine’s environment.',
    remedy: () => 'Start the container with “sallyport run -- docker run …”, or see Capture for a compose file.',
  },
  {
    name: /^(?:ssh|sftp|scp|autossh|mosh)/,
    why: 'SSH is no HTTP, and does not use a proxy.',
    remedy: () => 'There is nothing to read in it; it is counted so that you know of it.',
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
  if (runtime !== undefined)
    return {
      why: reason === 'around' ? runtime.why : `Nobody pointed ${process} at Sallyport.`,
      remedy: runtime.remedy(run),
    };
  return reason === 'around'
    ? {
        why: `${process} opened this connection itself, without regard to the proxy variables it was given.`,
        remedy: 'See whether it has a proxy setting of its own, and name Sallyport’s there.',
      }
    : { why: `Nobody pointed ${process} at Sallyport.`, remedy: `Start it with ${run}, or point the system’s proxy at Sallyport under Capture.` };
}

/** The interpreter, where a script gave the process its name. */
function programIn({ command }: Asked): string {
  return (command ?? '').split(' ')[0]!.split('/').pop()!;
}
