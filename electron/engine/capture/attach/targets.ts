import type { AttachTarget, SelfTest } from '../../../../shared/contract/capture.ts';
import { braveTarget, chromeTarget, chromiumTarget, edgeTarget } from './chromium.ts';
import { firefoxTarget } from './firefox.ts';
import { runTarget } from './run.ts';
import { runningNodeTarget } from './running/running-node.ts';
import { curlSnippet } from './snippets/curl.ts';
import { dockerSnippet } from './snippets/docker.ts';
import { dotnetSnippet } from './snippets/dotnet.ts';
import { gitSnippet } from './snippets/git.ts';
import { goSnippet } from './snippets/go.ts';
import { javaSnippet } from './snippets/java.ts';
import { nodeSnippet } from './snippets/node.ts';
import { pythonSnippet } from './snippets/python.ts';
import { rubySnippet } from './snippets/ruby.ts';
import { systemProxyTarget } from './system-proxy/system-proxy.ts';
import { Refused } from './target.ts';
import type { Surroundings, Target } from './target.ts';
import { bashTarget, cmdTarget, fishTarget, powershellTarget } from './terminals.ts';

/** Every way to point programs at us, in the order they are shown. */
const TARGETS: readonly ((around: Surroundings) => Target)[] = [
  runTarget,
  runningNodeTarget,
  bashTarget,
  fishTarget,
  powershellTarget,
  cmdTarget,
  chromeTarget,
  chromiumTarget,
  edgeTarget,
  braveTarget,
  firefoxTarget,
  nodeSnippet,
  pythonSnippet,
  rubySnippet,
  javaSnippet,
  goSnippet,
  dotnetSnippet,
  dockerSnippet,
  curlSnippet,
  gitSnippet,
  systemProxyTarget,
];

/** Why something cannot be done here, and what to do instead. */
export interface CannotDo {
  why: string;
  remedy: string;
}

/** The ways to point programs at us, while an engine runs. */
export interface Targets {
  list(): Promise<AttachTarget[]>;
  test(id: string): Promise<SelfTest | { cannot: CannotDo }>;
  switchTarget(id: string, on: boolean): Promise<AttachTarget | { cannot: CannotDo }>;
  /** Undoes what an engine that was killed left behind. Never rejects: what cannot be undone is told in the log. */
  restore(): Promise<void>;
  /** Undoes what is on. */
  stop(): Promise<void>;
}

export function createTargets(around: Surroundings): Targets {
  const targets = TARGETS.map((create) => create(around));
  /** One switch at a time for each: two at once would undo each other halfway. */
  const busy = new Map<string, Promise<unknown>>();

  const found = (id: string): Target | undefined => targets.find((target) => target.id === id);
  const unknown = (id: string): { cannot: CannotDo } => ({
    cannot: {
      why: `There is no way called “${id}”.`,
      remedy: `There are: ${targets.map((target) => target.id).join(', ')}.`,
    },
  });

  async function describe(target: Target): Promise<AttachTarget> {
    const { id, kind, title, says } = target;
    return { id, kind, title, says, ...(await target.look()) };
  }

  function inTurn<T>(id: string, work: () => Promise<T>): Promise<T> {
    const turn = (busy.get(id) ?? Promise.resolve()).then(work, work);
    busy.set(
      id,
      turn.catch(() => {}),
    );
    return turn;
  }

  async function eachOf(what: 'restore' | 'stop'): Promise<void> {
    await Promise.all(
      targets.map((target) =>
        inTurn(target.id, async () => {
          try {
            await target[what]?.();
          } catch (error) {
            around.log(`${target.title}: ${error instanceof Error ? error.message : String(error)}`);
          }
        }),
      ),
    );
  }

  return {
    list: () => Promise.all(targets.map(describe)),
    async test(id) {
      const target = found(id);
      return target ? target.test() : unknown(id);
    },
    async switchTarget(id, on) {
      const target = found(id);
      if (!target) return unknown(id);
      const { switch: change } = target;
      if (!change)
        return { cannot: { why: `${target.title} is nothing to switch.`, remedy: 'Copy one of its lines instead.' } };
      try {
        await inTurn(id, () => change(on));
      } catch (error) {
        if (error instanceof Refused) return { cannot: { why: error.message, remedy: error.remedy } };
        throw error;
      }
      return describe(target);
    },
    restore: () => eachOf('restore'),
    stop: () => eachOf('stop'),
  };
}
