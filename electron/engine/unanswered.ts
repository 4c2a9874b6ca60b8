import type { MapFace } from '../api/picture-face.ts';
const no = async (): Promise<{ problem: 'not-running' }> => ({ problem: 'not-running' });
/** In the place of rooms that are being built. */
export const unanswered: { map: Pick<MapFace, 'export'> } = {
  map: { export: no },
};
