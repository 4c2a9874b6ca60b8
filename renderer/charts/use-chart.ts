import { useEffect, useRef } from 'react';
import type { RefObject } from 'react';
import { useTheme } from '../data/appearance.ts';
import type { Canvas } from './canvas.ts';
import { init } from './echarts.ts';
import type { EChartsCoreOption, EChartsType } from './echarts.ts';

/**
 * Owns a chart: makes it in the element, draws it again when the option, the theme or the room changes, and takes it away.
 * `build` is called anew each time; what it depends on is in `inputs`.
 */
export function useChart(
  build: (canvas: Canvas) => EChartsCoreOption,
  inputs: readonly unknown[],
): RefObject<HTMLDivElement | null> {
  const element = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType | null>(null);
  const latest = useRef(build);
  latest.current = build;
  const theme = useTheme();

  useEffect(() => {
    const box = element.current;
    if (!box) return;
    const observer = new ResizeObserver(() => {
      if (box.clientWidth === 0) return;
      if (chart.current) chart.current.resize();
      else chart.current = init(box, null, { renderer: 'canvas' });
      draw(chart.current, box, latest.current);
    });
    observer.observe(box);
    return () => {
      observer.disconnect();
      chart.current?.dispose();
      chart.current = null;
    };
  }, []);

  useEffect(() => {
    if (chart.current && element.current) draw(chart.current, element.current, latest.current);
    // `inputs` says when the option is another one.
  }, [theme, ...inputs]);

  return element;
}

function draw(chart: EChartsType, box: HTMLElement, build: (canvas: Canvas) => EChartsCoreOption): void {
  const style = getComputedStyle(document.documentElement);
  chart.setOption(
    {
      animation: false,
      ...build({
        width: box.clientWidth,
        height: box.clientHeight,
        colour: (token) => style.getPropertyValue(token).trim(),
        font: style.getPropertyValue('--font').trim(),
      }),
    },
    { notMerge: true, silent: true },
  );
}
