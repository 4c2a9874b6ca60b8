import { randomBytes } from 'node:crypto';
import { createServer } from 'node:https';
import type { Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { SelfTest } from '../../../../shared/contract/capture.ts';
import type { CallSummary } from '../../../../shared/model/call-summary.ts';
import { throwawayCertificate } from '../../authority/throwaway.ts';
import type { Ran } from './run-tool.ts';

/** The name our own origin goes by. It exists nowhere (RFC 6761): a program that goes around us finds nothing. */
export const SELF_TEST_HOST = 'self-test.sallyport.invalid';
/** What self-test calls are listed under. */
export const SELF_TEST_APP = 'self-test';

/** Sends calls of our own to ourselves. */
export interface SelfTester {
  /**
   * Lets `send` call an address of ours over https, and says what came of it.
   * @param way how it was sent, for the sentence: “A Node program”
   */
  check(way: string, send: (url: string) => Promise<Ran>): Promise<SelfTest>;
  close(): Promise<void>;
}

/** Where the name of our origin leads while a test runs; null at all other times. */
export interface OwnOrigin {
  host: string;
  port: number;
  /** PEM of the only root that its certificate is checked against. */
  ca: string;
}

export function createSelfTester(given: {
  /** Told where our origin is, and that it is gone. */
  onOrigin: (origin: OwnOrigin | null) => void;
  isPaused: () => boolean;
  /** Calls to our origin that started at or after this time (microseconds), newest first. */
  callsSince: (startedAt: number) => Promise<CallSummary[]>;
  /** Microseconds since the epoch. */
  now: () => number;
}): SelfTester {
  let origin: { server: Server; users: number; ready: Promise<void> } | null = null;

  function open(): { server: Server; users: number; ready: Promise<void> } {
    const { ca, cert, key } = throwawayCertificate(SELF_TEST_HOST);
    const server = createServer({ cert, key }, (request, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' }).end(answerTo(request.url ?? ''));
    });
    const ready = new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', () => {
        given.onOrigin({ host: SELF_TEST_HOST, port: (server.address() as AddressInfo).port, ca });
        resolve();
      });
    });
    return { server, users: 0, ready };
  }

  /** The origin is there as long as somebody is testing. */
  async function withOrigin<T>(work: () => Promise<T>): Promise<T> {
    const mine = (origin ??= open());
    mine.users += 1;
    try {
      await mine.ready;
      return await work();
    } finally {
      mine.users -= 1;
      if (mine.users === 0) {
        if (origin === mine) origin = null;
        given.onOrigin(null);
        mine.server.closeAllConnections();
        mine.server.close();
      }
    }
  }

  return {
    check: (way, send) =>
      withOrigin(async () => {
        const startedAt = given.now();
        const path = `/${randomBytes(8).toString('hex')}`;
        const ran = await send(`https://${SELF_TEST_HOST}${path}`);
        return judge(way, path, ran, await given.callsSince(startedAt), given.isPaused());
      }),
    async close() {
      origin?.server.closeAllConnections();
      origin?.server.close();
      origin = null;
    },
  };
}

/** Everybody is told the path; git in the form of its list of branches (gitprotocol-http, the dumb one). */
function answerTo(path: string): string {
  const repository = /^(.*)\/info\/refs(?:\?|$)/.exec(path)?.[1];
  return repository === undefined ? `Sallyport sees ${path}\n` : `${'0'.repeat(39)}1\trefs/heads${repository}\n`;
}

/** What came of it, in words: whether it took the way, and whether it trusted us. */
function judge(way: string, path: string, ran: Ran, calls: readonly CallSummary[], paused: boolean): SelfTest {
  const call = calls.find((row) => row.path.startsWith(path) && row.status === 200);
  const last = lastLine(ran.stderr) || lastLine(ran.stdout);
  const said = last === '' ? '' : ` It said: ${last}`;
  if (call !== undefined && ran.stdout.includes(path)) {
    return {
      works: true,
      call: call.id,
      says: `${way} sent a call over https; it was read and recorded.`,
      remedy: null,
    };
  }
  const failed = (says: string, remedy: string | null, seen: number | null = null): SelfTest => ({
    works: false,
    call: seen,
    says,
    remedy,
  });
  if (call !== undefined)
    return failed(`${way} sent a call, which was recorded, but did not get the answer.${said}`, null, call.id);
  if (ran.stdout.includes(path) && paused)
    return failed(`${way} sent a call through Sallyport, but recording is paused.`, 'Resume recording, and try again.');
  const refused = calls.find((row) => row.kind === 'tunnel');
  if (refused !== undefined) {
    return refused.failure === null
      ? failed(
          `${way} came to Sallyport, but was passed on unread.${said}`,
          'Take the host off the pass-through list.',
          refused.id,
        )
      : failed(
          `${way} came to Sallyport, but did not trust its certificate.${said}`,
          'Make it trust the CA: see what to copy, or install the CA on this machine with sallyport ca install.',
          refused.id,
        );
  }
  if (ran.code === null) return failed(`${way} could not be started, or did not end in time.${said}`, null);
  return failed(
    `${way} did not come to Sallyport.${said}`,
    'See what to copy: the address of the proxy did not reach it.',
  );
}

function lastLine(text: string): string {
  const lines = text.trim().split('\n');
  const telling = lines.findLast((line) => /error|fail|certificate|refused|resolve/i.test(line)) ?? lines.at(-1) ?? '';
  return telling.trim().slice(0, 300);
}
