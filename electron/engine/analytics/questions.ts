import type { DependencyMap } from '../../../shared/contract/map.ts';
import type { Headroom, VendorPage, VendorRow } from '../../../shared/contract/vendors.ts';
import type { Call, Message } from '../../../shared/model/call.ts';
import type { CallSummary } from '../../../shared/model/call-summary.ts';
import type { QueryTree } from '../../../shared/query/tree.ts';
import type { CostQuestions } from './costs/cost-answers.ts';
import type { BadExport, ExportedFile, ExportQuestion } from '../exports/export-question.ts';
import type { PlaceProblem } from '../places/usable-places.ts';
import type { Declared } from '../vendors/declared.ts';
import type { MapQuestion } from './picture/dependency-map.ts';
import type { HeadroomQuestion } from './picture/headroom.ts';
import type { VendorQuestion } from './picture/vendor-page.ts';
import type { VendorsQuestion } from './picture/vendor-rows.ts';
import type { CoverageSum, NotSeenConnections } from '../store/coverage-rows.ts';
import type { FacetQuestion, Facets } from '../store/count-facets.ts';
import type { Histogram, HistogramQuestion } from '../store/count-over-time.ts';
import type { MeteredPage, MeteredQuestion, PictureReader } from '../store/picture-rows.ts';
import type { SeenApps } from '../store/read-apps.ts';
import type { Search } from '../store/read-calls.ts';
import type { Endpoints } from '../store/read-endpoints.ts';
import type { PoliciesKept, PolicyVersionRow, PolicyVersionText } from '../store/policy-versions.ts';
import type { Overview } from '../store/read-rollups.ts';
import type { FoundCalls, StorageReport, StoredBody } from '../store/store-reader.ts';

/** Questions of those who draw pictures, as the store puts them. */
type PictureQuestions = {
  [
    Name in Exclude<
      keyof PictureReader,
      'metered' | 'repeatable' | 'versions' | 'deprecations' | 'hosts' | 'addresses' | 'repricings'
    >
  ]: [question: Parameters<PictureReader[Name]>[0], answer: ReturnType<PictureReader[Name]>];
} & {
  [Name in 'versions' | 'deprecations' | 'hosts' | 'repricings']: [
    question: null,
    answer: ReturnType<PictureReader[Name]>,
  ];
};

/** Every question the reader answers, with its answer. */
export interface Questions extends PictureQuestions, CostQuestions {
  metered: [question: MeteredQuestion, answer: MeteredPage];
  list: [question: Search, answer: FoundCalls];
  histogram: [question: HistogramQuestion, answer: Histogram];
  facets: [question: FacetQuestion, answer: Facets];
  changed: [
    question: { seq: number; limit: number; tree: QueryTree | null },
    answer: { seq: number; calls: CallSummary[] },
  ];
  named: [question: readonly number[], answer: CallSummary[]];
  call: [question: number, answer: Call | null];
  body: [question: { id: number; side: 'request' | 'response' }, answer: StoredBody | null];
  messages: [question: { call: number; after?: number | undefined; limit: number }, answer: Message[]];
  overview: [question: { since: number; until: number }, answer: Overview | null];
  endpoints: [question: { since: number; until: number }, answer: Endpoints | null];
  apps: [question: { since: number; until: number }, answer: SeenApps | null];
  coverage: [question: { since: number; until: number }, answer: CoverageSum | null];
  coverageHours: [question: { since: number; until: number }, answer: ({ start: number } & CoverageSum)[]];
  notSeen: [
    question: { since: number; until: number; app?: string | undefined; limit: number },
    answer: { notSeen: NotSeenConnections[]; more: boolean },
  ];
  storage: [question: null, answer: StorageReport];
  policyVersions: [question: null, answer: PolicyVersionRow[]];
  policyVersion: [question: number, answer: PolicyVersionText | null];
  policiesKept: [question: null, answer: PoliciesKept];
  vendors: [question: VendorsQuestion, answer: { vendors: VendorRow[]; local: number }];
  vendor: [question: VendorQuestion, answer: VendorPage | null];
  knowsVendor: [question: string, answer: boolean];
  endpointsLike: [question: { host: string; template: string }, answer: string[]];
  headroom: [question: HeadroomQuestion, answer: (Headroom & { vendor: string | null })[]];
  map: [question: MapQuestion, answer: DependencyMap];
  mapExport: [question: ExportQuestion, answer: ExportedFile | BadExport];
  placeProblems: [question: readonly string[], answer: PlaceProblem[]];
}

export type QuestionName = keyof Questions;

export type Ask = { [Name in QuestionName]: { id: number; name: Name; question: Questions[Name][0] } }[QuestionName];

export type ToReader =
  | Ask
  | { id: number; name: 'cancel' }
  | { id: 0; name: 'app-names'; names: Readonly<Record<string, string>> }
  | { id: 0; name: 'declared'; declared: Declared }
  | { id: 0; name: 'places'; paths: readonly string[] }
  | { id: 0; name: 'stop' };

export type FromReader =
  | { id: number; answer: unknown }
  /** What is known so far; the answer follows. */
  | { id: number; part: unknown }
  | { id: number; error: string }
  | { id: 0; ready: true }
  | { id: 0; refused: string };
