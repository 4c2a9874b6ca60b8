import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // On two cores, too: most tests wait for programs that they have started.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // Real sockets, files and programs on a busy machine: generous, and still far below what a hang takes.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    reporters: ['default'],
  },
});
