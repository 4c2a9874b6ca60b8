import type { BadExport, ExportQuestion } from '../export-question.ts';
import { newestCalls } from '../newest-calls.ts';
import type { SearchCalls } from '../newest-calls.ts';
import { originsOf } from '../service-facts.ts';
import { byText } from '../survey.ts';
import type { Survey } from '../survey.ts';
import type { VersionSeen } from '../../store/picture-rows.ts';
import { writeOpenApi } from './openapi.ts';
import { addCalls, listOperations } from './operations.ts';
import type { BodyReader } from './sample-bodies.ts';

/** So many of the newest calls are looked through for those of each endpoint. */
const LOOKED_THROUGH = 20_000;

/** The one API that is asked for, described by its newest calls. */
export function* exportOpenApi(
  reader: { search: SearchCalls; body: BodyReader; versions(): VersionSeen[] },
  survey: Survey,
  { app, since, until }: ExportQuestion,
): Generator<void, { content: string; notes: string[] } | BadExport> {
  const [service] = survey.services;
  if (service === undefined || survey.services.length > 1) return nameOne(survey);
  const { operations, left } = listOperations(service);
  const { calls, complete } = yield* newestCalls(reader.search, {
    hosts: service.hosts,
    app,
    since,
    until,
    most: LOOKED_THROUGH,
  });
  const sampled = yield* addCalls(operations, calls, reader.body);
  const origins = originsOf(calls);
  const versions = reader.versions().flatMap(({ host, version }) => (service.hosts.includes(host) ? [version] : []));
  return {
    content: writeOpenApi(service, [...operations.values()], {
      since,
      until,
      servers: service.hosts.map((host) => origins.get(host) ?? `https://${host}`),
      versions: [...new Set(versions)].sort(byText),
      sampled,
      left,
    }),
    notes: [
      'Inferred from calls: what no call had is missing, and what was always there need not be. Values are not in it, but words of enumerations, numbers and booleans.',
      ...(complete ? [] : [`Only the newest ${LOOKED_THROUGH} calls of that time were looked through.`]),
      ...(left.length > 0 ? [`${left.length} endpoints cannot be said in OpenAPI; its description names them.`] : []),
    ],
  };
}

const MOST_NAMED = 12;

function nameOne({ services }: Survey): BadExport {
  const names = services.slice(0, MOST_NAMED).map(({ id }) => id);
  const more = services.length > MOST_NAMED ? ` and ${services.length - MOST_NAMED} more` : '';
  return {
    problem: 'bad',
    why: `OpenAPI describes one API, and these were called: ${names.join(', ')}${more}.`,
    remedy: 'Name a vendor, or one of these as its service.',
  };
}
