import { createLiveMocks, type LiveMocks } from './mocks/live-mocks.ts';
import { openMockFolder } from './mocks/mock-folder.ts';
import { createMocksFace, type MockSets } from './mocks/mocks-face.ts';
import type { RecordingReader } from './mocks/record-set.ts';
import { wallMicroseconds } from './pipeline/clock.ts';

/** What answers in place of origins in an engine. */
export interface KeptMocking {
  readonly live: LiveMocks;
  readonly face: MockSets;
  close(): void;
}

/** Builds what answers calls from sets of mocks. */
export function keepMocking({
  dataDir,
  recorded,
}: {
  dataDir: string;
  recorded: () => Promise<RecordingReader>;
}): KeptMocking {
  const live = createLiveMocks({ now: wallMicroseconds });
  return { live, face: createMocksFace(openMockFolder(dataDir), live, recorded), close: live.close };
}
