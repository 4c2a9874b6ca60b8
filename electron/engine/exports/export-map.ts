import type { Picture } from '../analytics/picture/picture.ts';
import type { CoverageSum } from '../store/coverage-rows.ts';
import type { PictureReader, Span } from '../store/picture-rows.ts';
import { drawMap } from '../analytics/picture/dependency-map.ts';
import { CYCLONEDX_VERSIONS, writeCycloneDx } from './cyclonedx.ts';
import type { CycloneDxVersion } from './cyclonedx.ts';
import { writeFocus } from './focus.ts';
import { writeGraphqlCatalogue } from './graphql-catalogue.ts';
import { readDocuments } from './graphql-documents.ts';
import { exportOpenApi } from './openapi/export-openapi.ts';
import { awaited } from './openapi/sample-bodies.ts';
import type { BodyReader } from './openapi/sample-bodies.ts';
import { REGISTER_COLUMNS, registerRows, writeCsv } from './register.ts';
import { drawSvg } from './svg.ts';
import type { BadExport, ExportedFile, ExportQuestion } from './export-question.ts';
import type { SearchCalls } from './newest-calls.ts';
import { readServiceFacts } from './service-facts.ts';
import { surveyCalls } from './survey.ts';
import type { Survey } from './survey.ts';

/** What exports are made of. */
export interface ExportSource {
  picture: () => Picture;
  reader: Pick<PictureReader, 'edges' | 'sightings' | 'versions' | 'spending'> & {
    search: SearchCalls;
    body: BodyReader;
    coverage(span: Span): CoverageSum | null;
    coverageHours(span: Span): ({ start: number } & CoverageSum)[];
  };
}

const HOUR = 3_600_000_000;

/** The map as a file, or why not. A generator: at every `yield` others get their turn, and it may be dropped. */
export function* exportMap(source: ExportSource, question: ExportQuestion): Generator<void, ExportedFile | BadExport> {
  const version = question.version ?? '1.6';
  const known = CYCLONEDX_VERSIONS.find((one) => one === version);
  if (question.version !== undefined && question.format !== 'cyclonedx')
    return bad('Only CycloneDX is written in more than one version.', 'Leave the version out.');
  if (known === undefined)
    return bad(`CycloneDX ${version} is not written here.`, `There are ${CYCLONEDX_VERSIONS.join(' and ')}.`);
  const survey = yield* surveyCalls(source.picture(), source.reader, question);
  if ('problem' in survey) return survey;
  switch (question.format) {
    case 'cyclonedx':
      return yield* exportCycloneDx(source, survey, question, known);
    case 'openapi': {
      const made = yield* exportOpenApi(source.reader, survey, question);
      return 'problem' in made ? made : textFile(question, 'openapi.json', OPENAPI_TYPE, made.content, made.notes);
    }
    case 'graphql':
      return yield* exportGraphql(source, survey, question);
    case 'csv': {
      const rows = registerRows(survey, teamsOf(question));
      const titles = REGISTER_COLUMNS.map(({ title }) => title);
      return textFile(
        question,
        'csv',
        'text/csv; charset=utf-8; header=present',
        writeCsv(titles, rows),
        REGISTER_NOTES,
      );
    }
    case 'xlsx':
      return yield* exportXlsx(survey, question);
    case 'svg':
      return exportSvg(source, question);
    case 'focus':
      return yield* exportFocus(source, question);
  }
}

const OPENAPI_TYPE = 'application/vnd.oai.openapi+json;version=3.1';

function textFile(
  question: ExportQuestion,
  ending: string,
  mediaType: string,
  content: string,
  notes: string[],
): ExportedFile {
  return { filename: nameOf(question, ending), mediaType, encoding: 'text', content, notes };
}

function* exportCycloneDx(
  source: ExportSource,
  survey: Survey,
  question: ExportQuestion,
  version: CycloneDxVersion,
): Generator<void, ExportedFile> {
  const facts = yield* readServiceFacts(source.reader, survey, question);
  const coverage = source.reader.coverage(question);
  const complete = isComplete(source, survey, question, coverage);
  const share = coverage?.share ?? null;
  const seen =
    share === null
      ? 'nobody looked for calls that went past Sallyport'
      : `${Math.floor(share * 1000) / 10} % of connections were seen where somebody looked, or not all of the time was looked at`;
  return textFile(
    question,
    'cdx.json',
    `application/vnd.cyclonedx+json; version=${version}`,
    writeCycloneDx(survey, facts, { version, complete, coverage: share }),
    [
      complete
        ? 'Coverage says that every connection of that time was seen: what apps depend on is given as complete.'
        : `What apps depend on is given as incomplete: ${seen}.`,
      'Classes of data are those that people declared; what is in calls was not looked at. “authenticated” is left out where no credential was seen: that none is needed cannot be seen.',
      'Countries say what they rest on; none of them says where data is processed or kept.',
    ],
  );
}

function* exportGraphql(
  { reader }: ExportSource,
  survey: Survey,
  question: ExportQuestion,
): Generator<void, ExportedFile | BadExport> {
  const documents = yield* readDocuments(reader, survey, question.app);
  const content = writeGraphqlCatalogue(survey, documents);
  if (content === null)
    return bad('No GraphQL was called in that time.', 'Ask for a longer time, or for another format.');
  return textFile(question, 'graphql.json', 'application/json', content, [
    'Operations as calls named them. Root fields are those of the newest documents whose bodies were kept, and null where none was; an operation sent by its hash alone says nothing else.',
  ]);
}

function* exportXlsx(survey: Survey, question: ExportQuestion): Generator<void, ExportedFile> {
  // Loaded when somebody asks for it, not with the thread.
  const { writeRegisterXlsx } = yield* awaited(import('./register-xlsx.ts'));
  const bytes = yield* awaited(writeRegisterXlsx(registerRows(survey, teamsOf(question)), question.until));
  return {
    filename: nameOf(question, 'xlsx'),
    mediaType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    encoding: 'base64',
    content: Buffer.from(bytes).toString('base64'),
    notes: REGISTER_NOTES,
  };
}

const REGISTER_NOTES = [
  'Calls to this machine and private networks are not in it. An empty cost is unknown, not nothing; costs are those of calls whose price is known, the others are counted beside them.',
  'Countries say what they rest on; none of them says where data is processed or kept.',
];

function exportSvg({ picture, reader }: ExportSource, question: ExportQuestion): ExportedFile | BadExport {
  if (question.service !== undefined)
    return bad('The picture is of whole vendors, not of one service.', 'Name the vendor instead.');
  const map = drawMap(picture(), reader, reader.coverage(question)?.share ?? null, {
    ...question,
    endpoints: SHOWN_ENDPOINTS,
  });
  return textFile(question, 'svg', 'image/svg+xml', drawSvg(map), [
    map.folded > 0
      ? `${map.folded} less called endpoints are drawn as one for each vendor; which app calls which endpoint is not drawn.`
      : 'Which app calls which endpoint is not drawn; the register says it.',
  ]);
}

const SHOWN_ENDPOINTS = 12;

function* exportFocus(
  { picture, reader }: ExportSource,
  question: ExportQuestion,
): Generator<void, ExportedFile | BadExport> {
  const made = yield* writeFocus(picture(), reader.spending({ ...question, by: 'day' }), question);
  if (made === null)
    return bad('No call of that time used anything that has a price.', 'Ask for a longer time, or for the register.');
  return textFile(question, 'focus.csv', 'text/csv; charset=utf-8; header=present', made.content, [
    'In the columns of FOCUS 1.0, and no bill: BilledCost, ListCost, ContractedCost and billing periods are empty, because only the vendor’s invoice knows them; FOCUS wants them filled. EffectiveCost is what Sallyport worked out or the vendor said in its answer; x_CostProvenance says which.',
    ...(made.unpriced > 0
      ? [`${made.unpriced} calls have no known cost: they are in x_UnpricedCalls and in no sum.`]
      : []),
  ]);
}

function teamsOf({ apps }: ExportQuestion): (app: string | null) => string | null {
  return (app) => (app !== null && Object.hasOwn(apps, app) ? (apps[app]?.team ?? null) : null);
}

function bad(why: string, remedy: string): BadExport {
  return { problem: 'bad', why, remedy };
}

/** `sallyport-stripe-2026-11-23.cdx.json`: the day is the last of the span, in UTC. */
function nameOf({ vendor, service, app, until }: ExportQuestion, ending: string): string {
  const about = [vendor, service, app].filter((part) => part !== undefined && part !== '');
  const day = new Date(until / 1000).toISOString().slice(0, 10);
  const words = ['sallyport', ...(about.length === 0 ? ['map'] : about), day].join('-');
  return `${words.replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, 150)}.${ending}`;
}

/** Whether nothing of the whole span went by unseen or unread: only then may a list be called complete. */
function isComplete(
  { reader }: ExportSource,
  survey: Survey,
  { since, until, vendor, service }: ExportQuestion,
  coverage: CoverageSum | null,
): boolean {
  if (coverage?.share !== 1) return false;
  const { seen: _, ...missed } = coverage.parts;
  if (Object.values(missed).some((part) => part > 0)) return false;
  // Of a part of the vendors it would not be all that an app depends on.
  if (vendor !== undefined || service !== undefined) return false;
  if (survey.rows.some(({ endpoint }) => endpoint === null)) return false;
  const first = Math.floor(since / HOUR);
  const hours = Math.ceil(until / HOUR) - first;
  return new Set(reader.coverageHours({ since, until }).map(({ start }) => start)).size >= hours;
}
