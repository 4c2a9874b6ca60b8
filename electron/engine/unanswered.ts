import type { CostsFace, MapFace } from '../api/picture-face.ts';
const no = async (): Promise<{ problem: 'not-running' }> => ({ problem: 'not-running' });
/** In the place of rooms that are being built. */
export const unanswered: { costs: CostsFace; map: Pick<MapFace, 'export'> } = {
  costs: { table: no, series: no, summary: no, waste: no, reprice: no, repricings: no, reconcile: no, prices: no },
  map: { export: no },
};
