import { STATUS_CODES } from 'node:http';
import { deadline } from '../clock.ts';
import type { Ask, Verdict } from '../../../shared/agent/link.ts';

/** What govern mode wants of the link to the engine. */
export interface GovernLink {
  /** Null when no verdict came in time, or nobody is there. */
  ask(question: Omit<Ask, 'type' | 'id'>, deadlineMs: number): Promise<Verdict | null>;
  /** Ports of the engine's proxy on this machine; none while nobody is there. */
  proxyPorts(): readonly number[];
  /** Whether it is known yet if anybody is there; a program may call before that. */
  settled(): boolean;
  onSettled(listener: () => void): void;
}

export type Question = Omit<Ask, 'type' | 'id'>;
/** What becomes of a call: it goes on (`direct`: not by way of the proxy), or these bytes are its answer. */
export type Decided = { verdict: 'allow'; direct: boolean } | { verdict: 'answer'; bytes: Buffer };

export interface AskOptions {
  /** Milliseconds. */
  deadline: number;
  /** Without a verdict: let the call leave, or refuse it. */
  onFault: 'open' | 'closed';
}

export const DEFAULT_DEADLINE = 200;
/** How long a program's first calls wait for the engine's first word (ms): it may be starting what it answers with. */
const FIRST_WORD = 1_500;
const ALLOWED: Decided = { verdict: 'allow', direct: false };
const ALLOWED_DIRECT: Decided = { verdict: 'allow', direct: true };

/** From SALLYPORT_GOVERN_DEADLINE_MS and SALLYPORT_GOVERN_ON_FAULT; what cannot be read counts as not given. */
export function readAskOptions(env: Record<string, string | undefined>): AskOptions {
  const given = Number(env['SALLYPORT_GOVERN_DEADLINE_MS']);
  return {
    deadline: Number.isFinite(given) && given >= 1 ? Math.min(given, 60_000) : DEFAULT_DEADLINE,
    onFault: env['SALLYPORT_GOVERN_ON_FAULT'] === 'closed' ? 'closed' : 'open',
  };
}

/** Asks the engine, and never takes longer than the deadline, whatever the link does. Never rejects. */
export function createAsker(link: GovernLink, options: AskOptions): (question: Question) => Promise<Decided> {
  return (question) =>
    new Promise((resolve) => {
      const settle = (verdict: Verdict | null): void => {
        timer.clear();
        resolve(decidedBy(verdict, question, options));
      };
      let timer = deadline(() => settle(null), options.deadline);
      const ask = (): void => {
        try {
          link.ask(question, options.deadline).then(settle, () => settle(null));
        } catch {
          settle(null);
        }
      };
      if (link.settled()) return ask();
      timer.clear();
      whenSettled(link, options, () => {
        timer = deadline(() => settle(null), options.deadline);
        ask();
      });
    });
}

/** Calls back once it is known whether an engine is there, or that has taken too long; at once when it is known. */
export function whenSettled(link: GovernLink, options: AskOptions, go: () => void): void {
  if (link.settled()) return go();
  let gone = false;
  const once = (): void => {
    timer.clear();
    if (!gone) go();
    gone = true;
  };
  const timer = deadline(once, Math.max(options.deadline, FIRST_WORD));
  link.onSettled(once);
}

function decidedBy(verdict: Verdict | null, question: Question, options: AskOptions): Decided {
  try {
    if (verdict?.verdict === 'allow') return verdict.direct === true ? ALLOWED_DIRECT : ALLOWED;
    if (verdict?.answer) return { verdict: 'answer', bytes: answerBytes(verdict.answer, question.method) };
  } catch {
    // One that cannot be read is none.
  }
  return withoutVerdict(question, options);
}

function withoutVerdict(question: Question, { onFault, deadline: waited }: AskOptions): Decided {
  if (onFault === 'open') return ALLOWED;
  const detail = `Sallyport gave no verdict within ${waited} ms, and calls without one are refused here (SALLYPORT_GOVERN_ON_FAULT=closed). See “sallyport doctor”.`;
  const body = JSON.stringify({
    type: 'urn:sallyport:failure:blocked',
    title: 'Service Unavailable',
    status: 503,
    detail,
    failure: 'blocked',
  });
  const headers = 'Content-Type: application/problem+json\r\nSallyport-Error: blocked\r\nCache-Control: no-store\r\n';
  return { verdict: 'answer', bytes: answerBytes({ status: 503, headers, body: `${body}\n` }, question.method) };
}

/** An answer as HTTP/1.1 writes it. `headers` are lines; what they say of the body's length is replaced. */
export function answerBytes(answer: NonNullable<Verdict['answer']>, method: string): Buffer {
  const { status } = answer;
  const lines = answer.headers
    .split(/\r?\n/)
    .filter((line) => line !== '' && !/^(content-length|transfer-encoding|connection)[ \t]*:/i.test(line));
  const bodiless = status === 204 || status === 304 || status < 200;
  const body = Buffer.from(bodiless ? '' : answer.body, 'utf8');
  if (!bodiless) lines.push(`Content-Length: ${body.length}`);
  // So that what the proxy counts on a connection are the calls that left on it.
  lines.push('Connection: close');
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`;
  return method === 'HEAD' ? Buffer.from(head, 'latin1') : Buffer.concat([Buffer.from(head, 'latin1'), body]);
}
