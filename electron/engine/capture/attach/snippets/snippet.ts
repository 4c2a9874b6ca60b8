import type { AttachTarget, SelfTest } from '../../../../../shared/contract/capture.ts';
import { agentFile } from '../node-agent.ts';
import type { AgentPlace } from '../node-agent.ts';
import { quoteAll, quoteFor } from '../quote.ts';
import type { Ran } from '../run-tool.ts';
import { SELF_TEST_APP } from '../self-test.ts';
import { unusable, usable } from '../target.ts';
import type { Surroundings, Target } from '../target.ts';
import { storedName } from '../app-name.ts';
import { proxyAddress, terminalVariables, type ProxyPlace } from '../terminal-env.ts';
import { originalEnvironment } from '../terminal-script.ts';

type Lines = AttachTarget['lines'];

/** What lines to copy are filled in with. */
export interface Place {
  /** The proxy's address with a name for the calls: `http://NAME:run@127.0.0.1:PORT`. */
  address: string;
  host: string;
  port: number;
  /** Our CA alone: for settings that add to what is trusted. */
  ca: string;
  /** The machine's roots and our CA: for settings that replace what is trusted. */
  bundle: string;
  /** The file of our agent for Node programs and where it reaches the engine; null where there is none. */
  agent: (AgentPlace & { file: string }) | null;
  platform: NodeJS.Platform;
  /** One word, quoted for the shell people have open. */
  word: (text: string) => string;
  /** A command line of these words. */
  command: (...words: string[]) => string;
  /** Lines that set variables for a terminal, and those that take them back. */
  variables: (does: string, values: Record<string, string>) => Lines;
}

/** Lines for one language or tool: what to write where, and a try of just that. */
export function snippet(about: {
  id: string;
  title: string;
  says: string;
  /** Any of them; none is needed for the lines, one for the test. */
  programs: readonly string[];
  lines: (place: Place) => Lines;
  /** Makes the call as the lines say, with the first of `programs` that is there. Null: it cannot be tried. */
  send:
    | ((given: {
        around: Surroundings;
        file: string;
        place: Place;
        env: Record<string, string | undefined>;
        url: string;
      }) => Promise<Ran>)
    | null;
  /** Why it cannot be tried, when it is there. */
  untried?: string;
}): (around: Surroundings) => Target {
  const { id, title, says, programs } = about;
  return (around) => {
    const find = (): string | null =>
      programs.map((name) => around.runner.find(name)).find((path) => path !== null) ?? null;
    return {
      id,
      kind: 'snippet',
      title,
      says,
      look: async () => {
        const lines = [...secretFirst(around, id), ...about.lines(placeFor(around, id, null))];
        return find() === null ? unusable(`${programs[0]} is not installed on this machine.`, lines) : usable(lines);
      },
      async test(): Promise<SelfTest> {
        const file = find();
        const untold = (why: string): SelfTest => ({ works: false, call: null, says: why, remedy: null });
        if (file === null) return untold(`${programs[0]} is not installed.`);
        const { send } = about;
        if (send === null) return untold(about.untried ?? 'It cannot be tried.');
        const place = placeFor(around, SELF_TEST_APP, around.secret());
        const env = withoutProxies(originalEnvironment(around.environment));
        return around.selfTest.check(`${title}, set up by these lines,`, (url) =>
          send({ around, file, place, env, url }),
        );
      },
    };
  };
}

/** What stands in the place of a secret in lines that people copy: they are shown, and lie about in files. */
const SECRET = 'SECRET';

function secretFirst({ identityRequired, platform, command }: Surroundings, app: string): Lines {
  if (!identityRequired()) return [];
  const text = quoteAll(platform, [...command.program, 'apps', 'add', ...command.data, app]);
  return [{ does: `Programs must prove who they are: get a secret, and put it in the place of ${SECRET} below`, text }];
}

function placeFor(around: Surroundings, app: string, secret: string | null): Place {
  const { platform, proxy } = around;
  const shell = platform === 'win32' ? 'powershell' : 'bash';
  const link = around.agentPlace();
  const file = agentFile();
  const word = (text: string): string => quoteFor(shell, text);
  return {
    address:
      around.identityRequired() && secret === null
        ? addressToFill(app, proxy)
        : proxyAddress(app, { ...proxy, secret }),
    host: proxy.host,
    port: proxy.port,
    ca: around.caPath,
    bundle: around.bundle(),
    agent: link === null || file === null ? null : { ...link, file },
    platform,
    word,
    command: (...words) => quoteAll(platform, words),
    variables(does, values) {
      const names = Object.keys(values);
      const set = Object.entries(values).map(([name, value]) =>
        platform === 'win32' ? `$env:${name} = '${value.replaceAll("'", "''")}'` : `export ${name}=${word(value)}`,
      );
      return [
        { does, text: set.join('\n') },
        {
          does: 'Undo it in the same terminal',
          text:
            platform === 'win32'
              ? `Remove-Item ${names.map((name) => `Env:${name}`).join(', ')}`
              : `unset ${names.join(' ')}`,
        },
      ];
    },
  };
}

function addressToFill(app: string, { host, port }: ProxyPlace): string {
  return `http://${encodeURIComponent(storedName(app))}:${SECRET}@${host}:${port}`;
}

/** So that it is the lines that are tried, and not what the engine's own environment says. */
function withoutProxies(environment: Record<string, string | undefined>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !OURS.has(name)));
}

const OURS = new Set(terminalVariables.map(({ name }) => name));
