import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';
import type { CDPSession, Page } from 'playwright';
import { fillStore } from './filled-store.ts';
import type { BenchResult, Finding } from './finding.ts';
import { rounded, table } from './finding.ts';
import { percentile } from './load.ts';
import { startNginx } from './origins.ts';
import { BENCH_DOMAIN, type Place } from './place.ts';
import { quietEnvironment, serveArguments, waitForReady } from './proxies.ts';

/** P16: the open Traffic view while 1,000 calls a second come in, and over a million stored calls. */

const LOAD = fileURLToPath(new URL('./programs/paced-client.mjs', import.meta.url));
const RATE = 1000;
const MINUTES = Number(process.env['BENCH_MINUTES'] ?? 2);
const STORED = Number(process.env['BENCH_CALLS'] ?? 1_000_000);
const WARM_UP_S = 15;
const SCROLL_S = 15;
/** A task longer than this is a stall that people feel. */
const LONG_TASK_MS = 50;

interface Frames {
  perSecond: number;
  /** Milliseconds between frames. */
  p95: number;
  worst: number;
  /** Lengths of long tasks, milliseconds. */
  tasks: number[];
}

export async function run(place: Place): Promise<BenchResult> {
  const browserPath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
  if (!existsSync(browserPath)) {
    return {
      findings: [
        {
          id: 'P16',
          what: 'the open workspace',
          target: '≥ 50 frames/s',
          measured: 'not measured: no Chromium; name one with CHROMIUM',
          met: null,
        },
      ],
    };
  }
  const origin = await startNginx(place);
  const rows: string[][] = [];
  const findings: Finding[] = [];
  const browser = await chromium.launch({
    executablePath: browserPath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--js-flags=--expose-gc'],
  });
  try {
    const live = await openWorkspace(place, browser, 'workspace-live');
    const job = {
      proxy: live.proxy,
      host: `h.${BENCH_DOMAIN}`,
      port: origin.plain,
      tls: false,
      rate: RATE,
      seconds: WARM_UP_S + MINUTES * 60 + 2 * SCROLL_S + 60,
      sockets: 16,
      path: '/x.json',
    };
    const load = place.start(process.execPath, [LOAD, JSON.stringify(job)]);
    await pause(WARM_UP_S * 1000);
    const before = await heapOf(live.devtools);
    const tail = await watchFrames(live.page, MINUTES * 60, async () => pause(MINUTES * 60_000));
    const after = await heapOf(live.devtools);
    const scrolled = await watchFrames(live.page, SCROLL_S, () => scroll(live.page, SCROLL_S));
    const shown = await live.page.locator('.filter-counter').innerText();
    rows.push(line(`following the newest calls for ${MINUTES} min`, tail), line('scrolling while they come', scrolled));
    findings.push(
      frameFinding(`following ${rounded(RATE)} new calls/s (${shown} calls at the end)`, tail),
      frameFinding(`scrolling through ${rounded(RATE)} new calls/s`, scrolled),
      {
        id: 'P16',
        what: `heap of the page after ${MINUTES} min of ${rounded(RATE)} new calls/s`,
        target: '≤ 10 MB more than before',
        measured: `${rounded(before / 1e6, 1)} → ${rounded(after / 1e6, 1)} MB`,
        met: after - before <= 10e6,
      },
    );
    load.kill('SIGKILL');
    await live.stop();

    const room = place.room('workspace-full');
    fillStore(join(room, 'data'), STORED, Date.now() * 1000, (done) =>
      process.stderr.write(`\r${done.toLocaleString('en')} calls stored `),
    );
    const full = await openWorkspace(place, browser, 'workspace-full');
    const millions = `${(STORED / 1e6).toLocaleString('en')} million stored calls`;
    const first = await timeOf(async () => {
      await full.page.reload();
      await full.page.locator('.call-row').first().waitFor();
    });
    const filtered = await timeOf(async () => {
      await full.page.goto(`${full.address}?filter=status:503`);
      await full.page.locator('.call-list:not([data-asking])').waitFor();
      await full.page.locator('.call-row', { hasText: '503' }).first().waitFor();
    });
    await full.page.goto(full.address);
    await full.page.locator('.call-list:not([data-asking]) .call-row').first().waitFor();
    const through = await watchFrames(full.page, SCROLL_S, () => scroll(full.page, SCROLL_S));
    rows.push(line(`scrolling through ${millions}`, through));
    findings.push(frameFinding(`scrolling through ${millions}`, through), {
      id: 'P16',
      what: `from opening the page to its first rows, ${millions}; to the first rows of another filter`,
      target: '≤ 1 s; ≤ 0.3 s',
      measured: `${rounded(first)} ms; ${rounded(filtered)} ms`,
      met: first <= 1000 && filtered <= 300,
    });
    await full.stop();
  } finally {
    await browser.close();
  }
  return {
    findings,
    details: [
      `The Traffic view in headless Chromium without a graphics card, 1440×900, beside engine, load generator and origin on the same cores. Frames are those that \`requestAnimationFrame\` gives, long tasks those over ${LONG_TASK_MS} ms; heaps are after a collection.`,
      table(['what', 'frames/s', 'p95 between frames', 'longest', 'long tasks'], rows),
    ].join('\n\n'),
  };
}

async function openWorkspace(place: Place, browser: Awaited<ReturnType<typeof chromium.launch>>, name: string) {
  const room = place.room(name);
  const ready = join(room, 'ready.json');
  const child = place.start(process.execPath, serveArguments(place, join(room, 'data'), ready), {
    env: quietEnvironment(),
  });
  const { proxy, workspace, token } = await waitForReady(ready, child);
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(`${workspace}?token=${token}`);
  const address = `${new URL(workspace).origin}/#/traffic`;
  await page.goto(address);
  await page.getByRole('grid', { name: 'Calls' }).waitFor();
  const devtools = await page.context().newCDPSession(page);
  return {
    page,
    address,
    devtools,
    proxy: Number(new URL(proxy).port),
    async stop() {
      await page.close();
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await gone;
    },
  };
}

async function heapOf(devtools: CDPSession): Promise<number> {
  await devtools.send('HeapProfiler.collectGarbage');
  await devtools.send('HeapProfiler.collectGarbage');
  return (await devtools.send('Runtime.getHeapUsage')).usedSize;
}

/** Runs in the page, whose types this wing does not have. */
const COUNT_FRAMES = `(seconds) => new Promise((resolve) => {
  const gaps = [];
  const tasks = [];
  const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration)));
  observer.observe({ entryTypes: ['longtask'] });
  let last = performance.now();
  const end = last + seconds * 1000;
  requestAnimationFrame(function frame() {
    const now = performance.now();
    gaps.push(now - last);
    last = now;
    if (now < end) return requestAnimationFrame(frame);
    observer.disconnect();
    resolve({ gaps, tasks });
  });
})`;

/** Counts frames and long tasks while something goes on. */
async function watchFrames(page: Page, seconds: number, work: () => Promise<unknown>): Promise<Frames> {
  const counted = page.evaluate<{ gaps: number[]; tasks: number[] }>(`(${COUNT_FRAMES})(${seconds})`);
  await work();
  const { gaps, tasks } = await counted;
  return {
    perSecond: gaps.length / (gaps.reduce((sum, gap) => sum + gap, 0) / 1000),
    p95: percentile(gaps, 95),
    worst: Math.max(...gaps),
    tasks,
  };
}

/** Turns the wheel up and down over the list. */
async function scroll(page: Page, seconds: number): Promise<void> {
  await page.getByRole('grid', { name: 'Calls' }).hover({ position: { x: 300, y: 300 } });
  const end = performance.now() + seconds * 1000;
  for (let turn = 0; performance.now() < end; turn += 1) {
    await page.mouse.wheel(0, turn % 60 < 40 ? -400 : 500);
    await pause(30);
  }
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

function frameFinding(what: string, { perSecond, p95, tasks }: Frames): Finding {
  return {
    id: 'P16',
    what,
    target: '≥ 50 frames/s',
    measured: `${rounded(perSecond, 1)} frames/s, p95 ${rounded(p95, 1)} ms between frames, ${tasks.length} long tasks`,
    met: perSecond >= 50,
  };
}

function line(what: string, { perSecond, p95, worst, tasks }: Frames): string[] {
  return [
    what,
    rounded(perSecond, 1),
    `${rounded(p95, 1)} ms`,
    `${rounded(worst)} ms`,
    tasks.length === 0 ? 'none' : `${tasks.length}, longest ${rounded(Math.max(...tasks))} ms`,
  ];
}
