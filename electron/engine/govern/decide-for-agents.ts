import type { Decide, Judgement } from '../capture/ingest/verdicts.ts';
import { UNRECORDED } from '../../../shared/events/call-event.ts';
import { linesOf } from '../pipeline/stages/record.ts';
import type { LiveGovernor } from './live-governor.ts';

const ALLOWED: Judgement = Object.freeze({ verdict: 'allow', answer: null });

/**
 * Says for calls that agents ask about whether they may leave. Those that the proxy carries it judges itself; of the others
 * nobody here sees the end, so they count as over when they leave: limits of calls at the same time do not hold them.
 */
export function decideForAgents(given: {
  live: LiveGovernor;
  isPassThrough: (host: string) => boolean;
  /** Microseconds since the epoch. */
  now: () => number;
}): Decide {
  const { live, isPassThrough, now } = given;
  return (ask, agent) => {
    if (live.idle) return ALLOWED;
    const url = URL.parse(ask.url);
    if (url === null) return ALLOWED;
    const secure = url.protocol === 'https:' || url.protocol === 'wss:';
    const host = url.hostname.replace(/^\[|\]$/g, '');
    if (ask.carried && !isPassThrough(host)) return ALLOWED;
    const call = live.meetCall({
      call: UNRECORDED,
      at: now(),
      source: 'agent',
      app: ask.app ?? agent.app,
      process: agent.process,
      package: null,
      tags: ask.tags,
      method: ask.method,
      scheme: secure ? 'https' : 'http',
      host,
      port: Number(url.port) || (secure ? 443 : 80),
      target: `${url.pathname}${url.search}`,
      headerLines: ask.headers,
      requestBytes: null,
    });
    if (call === null) return ALLOWED;
    return new Promise((resolve) => {
      call.decide(null, (refused) => {
        if (refused === null) {
          resolve(ALLOWED);
          call.over({
            left: true,
            status: null,
            failed: false,
            durationUs: 0,
            timeToFirstByteUs: null,
            requestBytes: 0,
            responseBytes: 0,
          });
          return;
        }
        const { status, fields, body } = refused.answer;
        const decision = call.told.find(({ verdict }) => verdict === 'deny');
        resolve({
          verdict: 'answer',
          answer: { status, headers: linesOf(fields), body: body.toString('utf8') },
          ...(decision !== undefined && { decision }),
        });
      });
    });
  };
}
