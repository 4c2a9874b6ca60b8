import { STATUS_CODES } from 'node:http';
import type { Ask, Verdict } from '../../../../shared/agent/link.ts';
import { UNRECORDED, type Emit } from '../../../../shared/events/call-event.ts';
import type { Decision } from '../../../../shared/model/policy.ts';
import type { CallSite } from '../../../../shared/model/caller.ts';
import type { ConnectedAgent } from './ingest.ts';
import type { LinkOrigin } from './messages.ts';
import { tagsWithRun } from './own-calls.ts';

/** What is said of a call that has not left yet; `decision` is kept with an answer in its place. */
export interface Judgement extends Omit<Verdict, 'type' | 'id'> {
  decision?: Decision;
}

/** Where verdicts come from. May take its time or throw: the agent waits no longer than it was told to. */
export type Decide = (ask: Ask, agent: ConnectedAgent) => Judgement | Promise<Judgement>;

export interface Asking {
  ask: Ask;
  agent: ConnectedAgent;
  origin: LinkOrigin;
  site: CallSite | null;
}

/** Body facts carry at most this much. */
const PIECE = 64 * 1024;

/**
 * Finds the verdict on a call, and records those that are answered in place of their origin: nobody else sees them.
 * What a call that goes its own way is answered, its agent tells itself, as of any other.
 */
export function createVerdicts(given: {
  decide: Decide;
  isPassThrough: (host: string) => boolean;
  emit: Emit;
  nextCallId: () => number;
  bodyLimit: () => number;
  /** µs since the epoch. */
  now: () => number;
}): (asking: Asking) => Promise<Omit<Verdict, 'type' | 'id'>> {
  const { decide, isPassThrough, emit, nextCallId, bodyLimit, now } = given;

  function record(
    { ask, agent, origin, site }: Asking,
    answer: NonNullable<Verdict['answer']>,
    judged: Judgement,
  ): void {
    const call = nextCallId();
    if (call === UNRECORDED) return;
    const { scheme, host, port, target } = placeOf(ask.url);
    emit({
      type: 'opened',
      call,
      startedAt: now(),
      kind: 'refused',
      source: 'agent',
      app: ask.app ?? agent.app,
      clientAddress: null,
      method: ask.method,
      scheme,
      host,
      port,
      target,
      protocol: 'http/1.1',
      headers: ask.headers,
      process: agent.process,
      tags: tagsWithRun(ask.tags, origin.run),
    });
    if (site !== null || ask.trace !== null) {
      const { trace } = ask;
      emit({ type: 'identified', call, by: 'agent', app: null, process: null, unknown: null, site, trace, tags: null });
    }
    if (judged.decision !== undefined) emit({ type: 'decided', call, ...judged.decision });
    const { status, headers, body } = answer;
    emit({ type: 'answered', call, at: 0, status, reason: STATUS_CODES[status] ?? '', protocol: 'http/1.1', headers });
    const bytes = Buffer.from(body, 'utf8');
    for (let at = 0; at < Math.min(bytes.length, bodyLimit()); at += PIECE)
      emit({ type: 'response-data', call, at: 0, data: bytes.subarray(at, Math.min(at + PIECE, bodyLimit())) });
    const detail =
      judged.decision?.sentence ?? `The engine answered with ${status} in place of ${host}; nothing left the program.`;
    emit({
      type: 'closed',
      call,
      at: 0,
      failure: { kind: 'blocked', detail },
      requestBytes: 0,
      responseBytes: bytes.length,
      trailers: '',
    });
  }

  return async (asking) => {
    const judged = await decide(asking.ask, asking.agent);
    const { verdict, answer } = judged;
    if (verdict !== 'answer' || answer === null) {
      const direct = asking.ask.carried && isPassThrough(placeOf(asking.ask.url).host);
      return { verdict: 'allow', answer: null, ...(direct && { direct }) };
    }
    if (asking.ask.carried) record(asking, answer, judged);
    return { verdict, answer };
  };
}

function placeOf(url: string): { scheme: string; host: string; port: number; target: string } {
  const parts = /^([a-z]+):\/\/(?:\[([^\]]+)\]|([^/?#:]*))(?::(\d{1,5}))?(.*)$/is.exec(url);
  const scheme = parts?.[1]?.toLowerCase() ?? 'http';
  const port = Number(parts?.[4] ?? 0) || (scheme === 'https' ? 443 : 80);
  return { scheme, host: (parts?.[2] ?? parts?.[3] ?? '').toLowerCase(), port, target: parts?.[5] || '/' };
}
