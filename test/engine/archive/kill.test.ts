import { describe, expect, it, onTestFinished } from 'vitest';
import { createDataDir } from '../../harness/recorder.ts';
import { killAndLook } from './kill-and-look.ts';
import type { Acknowledged } from './kill-and-look.ts';

describe('kill -9 under load', () => {
  it('loses no acknowledged call, leaves a sound database, and closes open calls as interrupted', async () => {
    const dataDir = createDataDir(onTestFinished);
    let before = 0;
    const runs: Acknowledged = [];
    for (let round = 1; round <= 4; round += 1) {
      const report = await killAndLook(dataDir, runs, round, 2, round * 7);
      expect(report.missing).toEqual([]);
      expect(report.integrity).toEqual(['ok', 'ok']);
      expect(report.stillOpen).toBe(0);
      expect(report.interrupted).toBeGreaterThan(0);
      // Sums are those of the rows, although the last moments were never flushed.
      expect(report.counted).toBe(report.stored);
      expect(report.acknowledged).toBeGreaterThan(before);
      before = report.stored;
    }
  }, 60_000);
});
