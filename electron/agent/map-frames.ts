import { findSourceMap } from 'node:module';
import type { SiteSeen } from '../../shared/agent/link.ts';

/**
 * Frames in code that was transpiled as the program was loaded (tsx, `--enable-source-maps`), as places in its
 * sources: only this process has those maps. Other frames are left as they are; the engine reads maps from files.
 */
export function mapFrames(frames: SiteSeen['frames']): SiteSeen['frames'] {
  return frames.map((frame) => {
    try {
      const map = findSourceMap(frame.file);
      if (map === undefined) return frame;
      const entry = map.findEntry(frame.line - 1, frame.column - 1);
      if (!('originalSource' in entry)) return frame;
      return {
        function: frame.function,
        file: entry.originalSource,
        line: entry.originalLine + 1,
        column: entry.originalColumn + 1,
      };
    } catch {
      return frame;
    }
  });
}
