import { countOf } from '../../shared/format/quantities.ts';

export const compare = {
  title: 'Compare two calls',
  tabs: 'What to compare',
  call: (id: number) => `Call ${id}`,
  swap: 'Swap sides',
  failure: 'Failure',
  absent: 'not there',
  headers: (differing: number, all: number) =>
    differing === 0 ? `all ${all} are the same` : `${countOf(differing, 'difference')} in ${all}`,
  allHeaders: 'All headers',
  missing: 'There are not two calls to compare',
  missingSays:
    'One of them was deleted, or the address of this page is incomplete. Choose “Compare with…” on a call, then on another.',
};
