import type { AddressPlace } from '../../../shared/vendors/countries/countries-of.ts';
import { openPlaces } from './places.ts';

/** Why a file among those that people named cannot be used. */
export interface PlaceProblem {
  path: string;
  says: string;
}

/** What can be used of the files that people named. */
export interface UsablePlaces {
  placeOf(address: string): AddressPlace | null;
  /** A sentence for each file that cannot. */
  problems: PlaceProblem[];
}

/** Opens what can be opened; a file that cannot takes nothing from the others. */
export async function openUsable(paths: readonly string[]): Promise<UsablePlaces> {
  const opened = paths.length === 0 ? null : await openPlaces(paths);
  if (opened === null) return { placeOf: () => null, problems: [] };
  if ('places' in opened) return { placeOf: opened.places.placeOf, problems: [] };
  const problems = await findPlaceProblems(paths);
  const bad = new Set(problems.map(({ path }) => path));
  const rest = paths.filter((path) => !bad.has(path));
  // Less each time: files that came right, or went, meanwhile end it too.
  const others = rest.length < paths.length ? await openUsable(rest) : { placeOf: () => null, problems: [] };
  return { placeOf: others.placeOf, problems: [...problems, ...others.problems] };
}

/** Which of these files cannot be used, and why. */
export async function findPlaceProblems(paths: readonly string[]): Promise<PlaceProblem[]> {
  const problems: PlaceProblem[] = [];
  for (const path of paths) {
    const opened = await openPlaces([path]);
    if ('problem' in opened) problems.push({ path, says: opened.problem });
  }
  return problems;
}
