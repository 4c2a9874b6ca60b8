import type { VendorNames } from '../../data/vendor-names.ts';
import { words } from '../../words/index.ts';
import type { Step } from './cost-place.ts';

const says = words.costs;

/** A value as people read it; costs tell vendors apart by their ids. */
export function nameOf({ dimension, value }: Step, names: VendorNames | undefined): string {
  if (value === null) return says.unknownValue(dimension);
  if (dimension === 'vendor') return names?.get(value)?.name ?? value;
  if (dimension === 'provenance') return says.provenance(value);
  return value;
}
