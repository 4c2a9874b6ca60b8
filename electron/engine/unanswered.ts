import type { CostsFace, MapFace, VendorsFace } from '../api/picture-face.ts';
const no = async (): Promise<{ problem: 'not-running' }> => ({ problem: 'not-running' });
/** In the place of rooms that are being built. */
export const unanswered: { vendors: VendorsFace; costs: CostsFace; map: MapFace } = {
  vendors: { list: no, get: no, change: no, assign: no, template: no, headroom: no },
  costs: { table: no, series: no, summary: no, waste: no, reprice: no, repricings: no, reconcile: no, prices: no },
  map: { get: no, export: no },
};
