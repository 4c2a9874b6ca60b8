import { implement } from '@orpc/server';
import { contract } from '../../shared/contract/index.ts';
import type { ApiDoors } from './router.ts';
import { newestOf } from './notices.ts';

/** The contract's questions about the engine itself. */
export function answerSystem({ engine, leases, shutdown }: ApiDoors) {
  const ask = implement(contract.system);
  return ask.router({
    info: ask.info.handler(() => {
      const { version, pid, startedAt, dataDir, proxy, caPath } = engine.info;
      return { version, pid, startedAt, dataDir, proxy, caPath };
    }),

    health: ask.health.handler(({ errors }) => {
      if (!engine.archive) throw errors.ENGINE_NOT_RUNNING();
      return engine.archive.health();
    }),

    capabilities: ask.capabilities.handler(() => ({
      live: engine.archive !== null && engine.capture?.paused !== true,
      replay: false,
      agents: false,
      policies: false,
      reports: false,
    })),

    overview: ask.overview.handler(({ input }) => engine.reader.overview(input)),

    endpoints: ask.endpoints.handler(({ input, signal }) => engine.reader.endpoints(input, signal)),

    storage: ask.storage.handler(() => engine.reader.storage()),

    flush: ask.flush.handler(async ({ errors }) => {
      if (!engine.archive) throw errors.ENGINE_NOT_RUNNING();
      await engine.archive.flush();
      return { recordedCalls: engine.archive.health().recordedCalls };
    }),

    lease: ask.lease.handler(async function* ({ input: { name }, errors, signal }) {
      if (!leases) throw errors.ENGINE_NOT_RUNNING();
      const giveBack = leases.take(name);
      const pass = engine.apps?.changes?.local.forRun() ?? null;
      try {
        yield { leases: leases.count(), secret: pass?.secret ?? null };
        // Held, without a word more, until the other side goes away.
        for await (const _ of newestOf<never>(() => () => {}, signal)) return;
      } finally {
        pass?.end();
        giveBack();
      }
    }),

    secret: ask.secret.handler(({ errors }) => {
      const changes = engine.apps?.changes;
      if (!changes) throw errors.ENGINE_NOT_RUNNING();
      return { secret: changes.local.forEngine };
    }),

    shutdown: ask.shutdown.handler(({ errors }) => {
      if (!shutdown) throw errors.ENGINE_NOT_RUNNING();
      // After this answer is on its way.
      setImmediate(shutdown);
      return { stopping: true as const };
    }),
  });
}
