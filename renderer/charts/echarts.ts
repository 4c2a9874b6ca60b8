import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import type { EChartsCoreOption, EChartsType } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';

// Only what is drawn: the rest of the library stays out of the bundle.
use([BarChart, LineChart, GridComponent, CanvasRenderer]);

export { init };
export type { EChartsCoreOption, EChartsType };
