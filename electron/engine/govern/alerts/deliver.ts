import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Notice } from '../../../../shared/policies/alert/settings.ts';

/** How telling somebody of an alert went. */
export interface Told {
  state: 'delivered' | 'failed';
  tries: number;
  /** What went wrong; never a secret, nor an address beyond its host. */
  says: string | null;
}

export interface DeliveryOptions {
  environment: Readonly<Record<string, string | undefined>>;
  /** Microseconds since the epoch. */
  now: () => number;
  /** Waits between tries of a webhook, milliseconds; as many more tries as there are waits. */
  backoffMs: readonly number[];
  timeoutMs: number;
  signal: AbortSignal;
}

/** Who is told, in a word that may be shown. */
export function nameOf(notice: Notice): string {
  if (notice === 'desktop') return 'desktop';
  return 'webhook' in notice ? new URL(notice.webhook).host : basename(notice.command[0] ?? '');
}

/** `t=SECONDS,v1=HEX`: HMAC-SHA256 over `SECONDS.BODY`, as https://docs.stripe.com/webhooks#verify-manually describes. */
export function signatureOf(secret: string, seconds: number, body: string): string {
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;
}

/** Posts JSON; tries again after network errors, 408, 429 and 5xx. It goes straight out, past every policy. */
export async function callWebhook(
  notice: Extract<Notice, { webhook: string }>,
  body: string,
  options: DeliveryOptions,
): Promise<Told> {
  const { environment, now, backoffMs, timeoutMs, signal } = options;
  const name = notice.secret?.slice('env:'.length);
  const secret = name === undefined ? undefined : environment[name];
  if (name !== undefined && !secret)
    return { state: 'failed', tries: 0, says: `The variable ${name} is not set, so it cannot be signed.` };
  for (let tries = 1; ; tries++) {
    let says: string;
    let again = true;
    try {
      const seconds = Math.floor(now() / 1e6);
      const answer = await fetch(notice.webhook, {
        method: 'POST',
        body,
        redirect: 'manual',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'Sallyport',
          ...(secret && { 'sallyport-signature': signatureOf(secret, seconds, body) }),
        },
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      });
      await answer.body?.cancel();
      if (answer.ok) return { state: 'delivered', tries, says: null };
      says = `It answered ${answer.status}.`;
      again = answer.status === 408 || answer.status === 429 || answer.status >= 500;
    } catch (error) {
      says = sayWhy(error, timeoutMs);
    }
    const wait = backoffMs[tries - 1];
    if (!again || wait === undefined || signal.aborted) return { state: 'failed', tries, says };
    await sleep(wait, undefined, { signal, ref: false }).catch(() => {});
    if (signal.aborted) return { state: 'failed', tries, says };
  }
}

/** Runs a program, without a shell, with the JSON on its standard input. */
export function runCommand(
  { command: [program = '', ...args] }: Extract<Notice, { command: string[] }>,
  body: string,
  { timeoutMs, signal }: Pick<DeliveryOptions, 'timeoutMs' | 'signal'>,
): Promise<Told> {
  return new Promise((resolve) => {
    const end = (says: string | null): void =>
      resolve({ state: says === null ? 'delivered' : 'failed', tries: 1, says });
    try {
      const child = spawn(program, args, {
        shell: false,
        stdio: ['pipe', 'ignore', 'ignore'],
        windowsHide: true,
        timeout: timeoutMs,
        killSignal: 'SIGKILL',
        signal,
      });
      child.on('error', (error: NodeJS.ErrnoException) =>
        end(`It could not be run: ${error.code ?? 'unknown error'}.`),
      );
      child.on('close', (code, killed) => end(code === 0 ? null : `It ended with ${killed ?? code}.`));
      // Whoever does not read is told all the same.
      child.stdin.on('error', () => {});
      child.stdin.end(body);
    } catch {
      end('It could not be run.');
    }
  });
}

function sayWhy(error: unknown, timeoutMs: number): string {
  if (error instanceof Error && error.name === 'TimeoutError') return `No answer within ${timeoutMs / 1000} s.`;
  const cause = error instanceof Error ? (error.cause as NodeJS.ErrnoException | undefined) : undefined;
  return `It could not be reached${cause?.code ? `: ${cause.code}` : ''}.`;
}
