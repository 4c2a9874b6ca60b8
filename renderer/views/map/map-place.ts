import { changePlace, usePlace } from '../../data/location.ts';
import { readState } from './map-state.ts';
import type { MapState } from './map-state.ts';

export function useMapState(): MapState {
  return readState(usePlace().params);
}

/** Selecting is a step that the browser’s back undoes. */
export function select(id: string | null): void {
  changePlace({ sel: id ?? undefined }, id !== null);
}
