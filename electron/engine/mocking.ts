import { createLiveMocks, type LiveMocks } from './mocks/live-mocks.ts';
import { openMockFolder } from './mocks/mock-folder.ts';
import { createMocksFace, type MockSets } from './mocks/mocks-face.ts';
import { wallMicroseconds } from './pipeline/clock.ts';

/** What answers in place of origins in an engine. */
export interface KeptMocking {
  readonly live: LiveMocks;
  readonly face: MockSets;
  close(): void;
}

/** Builds what answers calls from sets of mocks. */
export function keepMocking({ dataDir }: { dataDir: string }): KeptMocking {
  const live = createLiveMocks({ now: wallMicroseconds });
  return { live, face: createMocksFace(openMockFolder(dataDir), live), close: live.close };
}
