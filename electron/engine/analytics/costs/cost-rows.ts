import type { PictureReader } from '../../store/picture-rows.ts';

/** What of the store costs are worked out of. The reader has it; tests make it by hand. */
export type CostRows = Pick<PictureReader, 'spending' | 'edges' | 'metered' | 'repeatable'>;
