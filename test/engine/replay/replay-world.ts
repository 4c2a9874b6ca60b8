import type { Sending } from '../../../shared/contract/replay-schemas.ts';
import { USUAL_SETTINGS, type Draft, type DraftBody } from '../../../shared/model/replay.ts';
import { startEngine, type EngineUnderTest } from '../../harness/engine-under-test.ts';
import { readMessage, type ReadMessage } from '../../harness/http1-exchange.ts';
import { openClient } from '../../harness/raw-client.ts';
import { startOrigin, type Origin } from '../../harness/scripted-origin.ts';

export type Moment =
  | Sending
  | {
      problem: 'cannot-send';
      problems: { place: string; kind: string; says: string }[];
      questions: { reason: string }[];
    };

/** An engine whose recorded calls are sent again, and an origin that keeps every byte that came. */
export interface ReplayWorld {
  engine: EngineUnderTest;
  origin: Origin;
  came: ReadMessage[];
  /** What the origin says from now on; undone by the next. */
  answer(make?: (message: ReadMessage) => string): void;
  /** Sends raw bytes through the proxy (`{target}` and `{host}` are the origin) and gives the call's id. */
  record(head: string, body?: Buffer | string): Promise<{ id: number; seen: ReadMessage }>;
  /** As the engine makes it, with the recorded Idempotency-Key. */
  draftOf(call: number): Promise<Draft>;
  send(draft: Draft, confirmed?: boolean): Promise<Moment[]>;
  madeUp(url: string, body?: DraftBody, change?: Partial<Draft>): Draft;
  stop(): Promise<void>;
}

export async function startReplayWorld(): Promise<ReplayWorld> {
  const usual = (): string => 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
  let answer: (message: ReadMessage) => string = usual;
  const came: ReadMessage[] = [];
  const engine = await startEngine();
  const origin = await startOrigin(async (connection) => {
    for (;;) {
      const message = await readMessage(connection);
      came.push(message);
      await connection.send(answer(message));
    }
  });
  return {
    engine,
    origin,
    came,
    answer: (make = usual) => (answer = make),
    async record(head, body = '') {
      const client = await openClient({ host: '127.0.0.1', port: origin.port }, 'absolute', engine.proxyPort);
      await client.send(
        head.replaceAll('{target}', `http://${origin.authority}`).replaceAll('{host}', origin.authority),
      );
      if (body.length > 0) await client.send(Buffer.from(body));
      await readMessage(client);
      client.end();
      const seen = came.at(-1);
      if (!seen) throw new Error('nothing came');
      const rows = await engine.calls();
      return { id: rows.at(-1)?.id ?? 0, seen };
    },
    async draftOf(call) {
      const made = await engine.engine.replay.draft({ call });
      if ('problem' in made) throw new Error(JSON.stringify(made));
      return { ...made.draft, settings: { ...made.draft.settings, idempotency: 'same' } };
    },
    async send(draft, confirmed = true) {
      const moments: Moment[] = [];
      for await (const moment of engine.engine.replay.send({ draft, confirmed })) moments.push(moment);
      return moments;
    },
    madeUp: (url, body = { kind: 'none' }, change = {}) => ({
      id: 'made-up',
      name: null,
      origin: null,
      method: 'POST',
      url,
      headers: [],
      body,
      auth: { kind: 'none' },
      settings: { ...USUAL_SETTINGS, protocol: 'http/1.1' },
      ...change,
    }),
    async stop() {
      await origin.stop();
      await engine.stop();
    },
  };
}
