import type { MockSets } from './mocks-face.ts';
import { openMockFolder } from './mock-folder.ts';

const notRunning = { problem: 'not-running' } as const;

/** Sets of mocks where a store is read without an engine: they can be read, and nothing answers. */
export function withoutMocks(dataDir: string) {
  const folder = openMockFolder(dataDir);
  const none = (): Promise<typeof notRunning> => Promise.resolve(notRunning);
  return {
    list: async () => ({ folder: folder.path, sets: await folder.list() }),
    async read({ name }: Parameters<MockSets['read']>[0]) {
      const why = `There is no set “${name}” in ${folder.path}.`;
      return (await folder.read(name)) ?? ({ problem: 'cannot-do', why, remedy: '' } as const);
    },
    save: none,
    record: none,
    start: none,
    stop: none,
    async *serve() {
      yield notRunning;
    },
    report: none,
    async *state() {
      yield { sets: [] };
    },
  };
}
