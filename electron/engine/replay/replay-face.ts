import { randomUUID } from 'node:crypto';
import type { Sending } from '../../../shared/contract/replay-schemas.ts';
import { addressKind, hostLiteral, hostNameKind } from '../../../shared/policies/access/address-kinds.ts';
import type { Emit } from '../../../shared/events/call-event.ts';
import type { Call } from '../../../shared/model/call.ts';
import type { Draft, DraftProblem, Idempotency, SafetyQuestion } from '../../../shared/model/replay.ts';
import { isGraphqlQuery, questionsBefore } from '../../../shared/replay/safety.ts';
import type { Dispatch } from '../pipeline/dispatch.ts';
import { draftOf, type KeptBody } from './from-call.ts';
import { prepare, type Prepared, type Surroundings } from './prepare.ts';
import { secretsByMark } from './put-back.ts';
import { send } from './sender.ts';

/** Hosts that an environment calls production; the names may begin with `*.`. */
export interface Guard {
  isProduction(environment: string | null, host: string): boolean;
}

export interface ReplayOptions extends Surroundings {
  callOf(id: number): Promise<Call | null>;
  dispatch: Dispatch;
  nextCallId: () => number;
  emit: Emit;
  guard: Guard;
}

type CannotSend = { problem: 'cannot-send'; problems: DraftProblem[]; questions: SafetyQuestion[] };
interface Asked {
  draft: Draft;
  environment?: string | null | undefined;
  variables?: Record<string, string> | undefined;
}

/** The contract's questions about drafts: made of calls, looked at, sent. */
export function createReplay(options: ReplayOptions) {
  const { callOf, redact } = options;

  /** What sending it would do, with everything worked out. */
  async function examine({
    draft,
    environment = null,
    variables,
  }: Asked): Promise<{ prepared: Prepared | null } & Pick<CannotSend, 'problems' | 'questions'>> {
    const prepared = await prepare(draft, environment, options, variables);
    if ('problems' in prepared) return { prepared: null, problems: prepared.problems, questions: [] };
    const origin = draft.origin === null ? null : await callOf(draft.origin);
    return { prepared: prepared.ready, problems: [], questions: ask(draft, environment, prepared.ready, origin) };
  }

  function ask(
    draft: Draft,
    environment: string | null,
    { request, credential }: Prepared,
    origin: Call | null,
  ): SafetyQuestion[] {
    const { host, method, way } = request;
    const reached = way?.to?.host ?? host;
    const key = draft.headers.some(({ name, off }) => !off && name.toLowerCase() === 'idempotency-key');
    const { idempotency } = draft.settings;
    return questionsBefore({
      // What is said over a WebSocket may do anything.
      method: request.socket && draft.body.kind !== 'none' ? 'A message' : method,
      host,
      isPrivate: isPrivate(reached),
      // What it cost there says nothing of another place.
      nanoUsd: origin !== null && origin.host === host ? (origin.cost?.nanoUsd ?? null) : null,
      isTestKey: /(?:sk|rk|pk)_test_/.test(credential) || isTestBasic(credential),
      onlyAsks: draft.body.kind === 'graphql' && isGraphqlQuery(draft.body.query),
      idempotencyKey: !key || idempotency === 'none' ? null : idempotency,
      isProduction: options.guard.isProduction(environment, host),
    });
  }

  /** What would go out, as it would be kept. */
  function show({ request, body }: Prepared) {
    const lines = pairsOf(request.fields).map(([name, value]): [string, string] => [
      name,
      redact.headers(`${name}: ${value}\r\n`, 'request').slice(name.length + 2, -2),
    ]);
    return {
      method: request.method,
      url: `${request.scheme}://${request.authority}${redact.target(request.target)}`,
      headers: lines,
      bodyBytes: body?.length ?? 0,
    };
  }

  return {
    async draft({ call: id }: { call: number }) {
      const call = await callOf(id);
      if (call === null) return { problem: 'call-not-found' as const, id };
      const secrets = secretsByMark(await options.secretsOf(id));
      const body: KeptBody | null = call.requestBody.captured === null ? null : await options.bodyOf(id);
      return draftOf(call, body, secrets, randomUUID());
    },

    async check(asked: Asked) {
      const { prepared, problems, questions } = await examine(asked);
      return { request: prepared === null ? null : show(prepared), problems, questions };
    },

    async *send(
      asked: Asked & { confirmed?: boolean | undefined; idempotency?: Idempotency | undefined },
      signal: AbortSignal = new AbortController().signal,
    ): AsyncGenerator<Sending | CannotSend> {
      const { draft: given, environment, variables, confirmed, idempotency } = asked;
      const draft = idempotency === undefined ? given : { ...given, settings: { ...given.settings, idempotency } };
      const { prepared, problems, questions } = await examine({ draft, environment, variables });
      if (prepared === null || (questions.length > 0 && confirmed !== true)) {
        yield { problem: 'cannot-send', problems, questions };
        return;
      }
      const origin = draft.origin === null ? null : await callOf(draft.origin);
      yield* send({
        ...prepared,
        dispatch: options.dispatch,
        nextCallId: options.nextCallId,
        emit: options.emit,
        // It speaks with the app's credential, and counts for what the app may do.
        app: origin?.app ?? null,
        tags: { draft: draft.id, ...(draft.origin !== null && { 'replay-of': String(draft.origin) }) },
        timeoutMs: draft.settings.timeoutMs,
        redirects: draft.settings.redirects,
        redactHeaders: (lines) => redact.headers(lines, 'request'),
        redactTarget: redact.target,
        redactMessage: (text) => redact.body(text, null, false),
        signal,
      });
    },
  };
}

function pairsOf(fields: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let i = 0; i < fields.length; i += 2) pairs.push([fields[i]!, fields[i + 1]!]);
  return pairs;
}

/** This machine and networks that nobody else can reach. */
function isPrivate(host: string): boolean {
  const literal = hostLiteral(host);
  const kind = literal === null ? hostNameKind(host) : addressKind(literal);
  return kind !== null && kind !== 'public';
}

/** Stripe takes its key as the user of Basic credentials. */
function isTestBasic(credential: string): boolean {
  const encoded = /^Basic\s+([A-Za-z0-9+/=]+)$/.exec(credential)?.[1];
  return encoded !== undefined && /^(?:sk|rk)_test_/.test(Buffer.from(encoded, 'base64').toString('latin1'));
}
