import { STATUS_CODES } from 'node:http';
import type { Protocol } from '../../../../shared/model/call.ts';
import type { Failure } from '../../../../shared/model/failure.ts';
import type { Moment } from '../../../../shared/mocks/script-answer.ts';
import type { Answer } from '../dispatch.ts';
import { linesOf } from './record.ts';

/** So long a caller's connection is kept for the next request. */
const KEEP_SECONDS = 5;

/** An answer that is being played to its caller. */
export interface Playing {
  /** It may be told to pause before this has returned. */
  begin(): void;
  pause(): void;
  resume(): void;
  /** Its caller left. */
  stop(): void;
}

/**
 * Plays moments to a caller, each when its time has come and the caller can take it. A caller that was slow gets what it
 * missed at once. `broken`: why, when a moment says that the connection breaks.
 */
export function playAnswer(
  moments: Iterator<Moment>,
  answer: Answer,
  given: { protocol: Protocol; paused: boolean; broken: (kind: 'reset' | 'closed-early') => Failure },
): Playing {
  const begun = performance.now();
  let timer: NodeJS.Timeout | null = null;
  let next: Moment | null = null;
  let headSaid = false;
  let { paused } = given;
  let over = false;
  let running = false;

  function say(moment: Moment): void {
    switch (moment.do) {
      case 'head': {
        const { status, headers, body } = moment;
        const fields = headers.flatMap(([name, value]) => [name, value]);
        headSaid = true;
        answer.head({
          status,
          reason: STATUS_CODES[status] ?? '',
          protocol: given.protocol,
          fields,
          headerLines: linesOf(fields),
          body,
          // As servers of Node do: programs that leave an answer unread end with their connection.
          keepAliveSeconds: KEEP_SECONDS,
          mocked: true,
        });
        return;
      }
      case 'data':
        answer.data(Buffer.from(moment.bytes.buffer, moment.bytes.byteOffset, moment.bytes.byteLength));
        return;
      case 'end':
        over = true;
        answer.end([]);
        return;
      case 'break':
        over = true;
        answer.fail(given.broken(moment.kind), headSaid ? undefined : 'reset');
    }
  }

  function run(): void {
    if (running || over || timer !== null) return;
    running = true;
    while (!over && !paused) {
      if (next === null) {
        const step = moments.next();
        if (step.done) break;
        next = step.value;
      }
      const wait = begun + next.atMs - performance.now();
      if (wait > 0) {
        timer = setTimeout(() => {
          timer = null;
          run();
        }, Math.ceil(wait));
        break;
      }
      const moment = next;
      next = null;
      say(moment);
      if (!over) answer.settle();
    }
    running = false;
  }

  return {
    begin: run,
    pause() {
      paused = true;
    },
    resume() {
      paused = false;
      run();
    },
    stop() {
      over = true;
      if (timer !== null) clearTimeout(timer);
    },
  };
}
