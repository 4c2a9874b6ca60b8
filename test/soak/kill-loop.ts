import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killAndLook } from '../engine/archive/kill-and-look.ts';
import type { Acknowledged } from '../engine/archive/kill-and-look.ts';

/**
 * `node test/soak/kill-loop.ts [rounds]`: records under load, kills, looks, again and again on one
 * data folder. Ends with 1 at the first lost call, open row or damaged page.
 */
const rounds = Number(process.argv[2] ?? 200);
const dataDir = mkdtempSync(join(tmpdir(), 'sallyport-kill-'));
const runs: Acknowledged = [];
for (let round = 1; round <= rounds; round += 1) {
  const report = await killAndLook(dataDir, runs, round, 1 + (round % 4), (round * 13) % 120);
  const sound =
    report.missing.length === 0 &&
    report.stillOpen === 0 &&
    report.integrity.every((line) => line === 'ok') &&
    report.counted === report.stored;
  console.log(
    `${round}: ${report.stored} stored, ${report.acknowledged} acknowledged, ${report.interrupted} interrupted${sound ? '' : ` NOT SOUND: ${JSON.stringify({ ...report, missing: report.missing.slice(0, 10) })}`}`,
  );
  if (!sound) process.exit(1);
}
rmSync(dataDir, { recursive: true, force: true });
