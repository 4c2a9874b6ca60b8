import type { HistogramState, StepCounts } from '../../data/call-histogram.ts';

/** From the bottom up: index in the counts, and the token of its colour. What is worth seeing is on top. */
const STACK: readonly [index: 0 | 1 | 2 | 3 | 4 | 5, token: string][] = [
  [2, '--ok'],
  [1, '--moved'],
  [3, '--moved'],
  [0, '--open-bar'],
  [4, '--client'],
  [5, '--server'],
];

/** Calls of a step. */
export function totalOf(counts: StepCounts): number {
  return counts[0] + counts[1] + counts[2] + counts[3] + counts[4] + counts[5];
}

/** Draws the bars, stacked by status, in the colours of the theme. `selected`: steps from … to, the last one excluded. */
export function drawStrip(
  canvas: HTMLCanvasElement,
  { steps, asking }: HistogramState,
  width: number,
  height: number,
  selected: readonly [from: number, to: number] | null,
): void {
  const scale = window.devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * scale)) canvas.width = Math.round(width * scale);
  if (canvas.height !== Math.round(height * scale)) canvas.height = Math.round(height * scale);
  const context = canvas.getContext('2d');
  if (!context) return;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  const colours = getComputedStyle(canvas);
  const most = steps.reduce((high, counts) => Math.max(high, totalOf(counts)), 1);
  const each = width / steps.length;
  const gap = each > 4 ? 1 : 0;
  for (const [index, token] of STACK) {
    context.fillStyle = colours.getPropertyValue(token);
    steps.forEach((counts, at) => {
      const count = counts[index];
      if (count === 0) return;
      let below = 0;
      for (const [other] of STACK) {
        if (other === index) break;
        below += counts[other];
      }
      const dim = asking || (selected !== null && (at < selected[0] || at >= selected[1]));
      context.globalAlpha = dim ? 0.4 : 0.9;
      // One call among thousands is still to be seen.
      const tall = Math.max(count > 0 ? 1 : 0, (count / most) * (height - 4));
      const bottom = height - (below / most) * (height - 4);
      context.fillRect(at * each, bottom - tall, Math.max(1, each - gap), tall);
    });
  }
  context.globalAlpha = 1;
}
