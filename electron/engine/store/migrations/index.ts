import { sql as narrowRows } from './calls/0001-narrow-rows.ts';
import { sql as marksAndFacets } from './calls/0002-marks-and-facets.ts';
import { sql as whoCalled } from './calls/0003-who-called.ts';
import { sql as coverage } from './calls/0004-coverage.ts';
import { sql as vendorsAndMoney } from './calls/0005-vendors-and-money.ts';
import { sql as decisions } from './calls/0006-decisions.ts';
import { sql as policyVersions } from './calls/0007-policy-versions.ts';
import { sql as pagesOfBodies } from './bodies/0001-pages-of-bodies.ts';
import { sql as filtersOfMessages } from './bodies/0002-filters-of-messages.ts';

/**
 * Every step a database has taken, in order; version N is the first N steps done. Steps only go
 * forward and are never edited once released. They are TypeScript so that a bundle carries them.
 */
export const CALLS_MIGRATIONS: readonly string[] = [
  narrowRows,
  marksAndFacets,
  whoCalled,
  coverage,
  vendorsAndMoney,
  decisions,
  policyVersions,
];
export const BODIES_MIGRATIONS: readonly string[] = [pagesOfBodies, filtersOfMessages];
