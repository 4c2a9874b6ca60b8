import { changePlace, linkTo, usePlace } from '../../data/location.ts';
import { paramsOfCalls } from './links.ts';
import type { What } from './links.ts';
import { readState } from './map-state.ts';
import type { MapState } from './map-state.ts';
import type { Span } from './span.ts';

export function useMapState(): MapState {
  return readState(usePlace().params);
}

/** Selecting is a step that the browser’s back undoes. */
export function select(id: string | null): void {
  changePlace({ sel: id ?? undefined }, id !== null);
}

/** Where Traffic shows calls. */
export const linkToCalls = (what: What, span: Span): string => linkTo('traffic', paramsOfCalls(what, span));
