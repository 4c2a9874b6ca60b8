import { saidAll, tell } from './tell.mjs';

const base = process.argv[2];
const { governStore } = globalThis;
await tell('calls', () =>
  Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      governStore.run(
        { app: `app-${i}`, tags: { tenant: `t${i}` } },
        async () => (await fetch(`${base}/json?${i}`)).status,
      ),
    ),
  ),
);
saidAll();
