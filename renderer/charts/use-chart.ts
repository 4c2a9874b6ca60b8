import { useEffect, useEffectEvent, useRef } from 'react';
import type { RefObject } from 'react';
import { useTheme } from '../data/appearance.ts';
import type { Canvas } from './canvas.ts';
import { init } from './echarts.ts';
import type { EChartsCoreOption, EChartsType } from './echarts.ts';

/**
 * Owns a chart: makes it in the element, draws it again when `build` (kept the same by `useCallback` while its inputs are),
 * the theme or the room changes, and takes it away.
 */
export function useChart(build: (canvas: Canvas) => EChartsCoreOption): RefObject<HTMLDivElement | null> {
  const element = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType | null>(null);
  const theme = useTheme();

  const draw = useEffectEvent(() => {
    const box = element.current;
    if (!box || !chart.current) return;
    const style = getComputedStyle(document.documentElement);
    const option = build({
      width: box.clientWidth,
      height: box.clientHeight,
      colour: (token) => style.getPropertyValue(token).trim(),
      font: style.getPropertyValue('--font').trim(),
    });
    chart.current.setOption({ animation: false, ...option }, { notMerge: true, silent: true, lazyUpdate: true });
  });

  useEffect(() => {
    const box = element.current;
    if (!box) return;
    const observer = new ResizeObserver(() => {
      if (box.clientWidth === 0) return;
      if (chart.current) chart.current.resize();
      else chart.current = init(box, null, { renderer: 'canvas' });
      draw();
    });
    observer.observe(box);
    return () => {
      observer.disconnect();
      chart.current?.dispose();
      chart.current = null;
    };
  }, []);

  useEffect(() => draw(), [theme, build]);

  return element;
}
