import type { VersionSeen } from '../store/picture-rows.ts';
import type { ServiceFacts } from './cyclonedx.ts';
import type { ExportQuestion } from './export-question.ts';
import { newestCalls } from './newest-calls.ts';
import type { SearchCalls } from './newest-calls.ts';
import { byText } from './survey.ts';
import type { Survey, SurveyedService } from './survey.ts';

/** So many of a service’s newest calls are looked at. */
const LOOKED_AT = 500;

/** What the newest calls of each service tell of it; by its id. */
export function* readServiceFacts(
  reader: { search: SearchCalls; versions(): VersionSeen[] },
  survey: Survey,
  { app }: ExportQuestion,
): Generator<void, (service: SurveyedService) => ServiceFacts> {
  const versions = reader.versions();
  const facts = new Map<string, ServiceFacts>();
  for (const { id, hosts } of survey.services) {
    const { calls } = yield* newestCalls(reader.search, {
      hosts,
      app,
      since: survey.since,
      until: survey.until,
      most: LOOKED_AT,
    });
    const ofHosts = versions.filter(({ host }) => hosts.includes(host)).map(({ version }) => version);
    facts.set(id, {
      credentials: calls.some(({ credential }) => credential !== null),
      origins: originsOf(calls),
      versions: [...new Set(ofHosts)].sort(byText),
    });
  }
  return ({ id }) => facts.get(id) ?? { credentials: false, origins: new Map(), versions: [] };
}

const OWN_PORTS: Readonly<Record<string, number>> = { http: 80, ws: 80, https: 443, wss: 443 };

/** By host, as most of its calls have it; among equals the safer one. A tunnel is taken for TLS. */
export function originsOf(
  calls: readonly { scheme: string; host: string; port: number }[],
): ReadonlyMap<string, string> {
  const counts = new Map<string, Map<string, number>>();
  for (const { scheme, host, port } of calls) {
    const shown = scheme === 'tls' ? 'https' : scheme;
    if (OWN_PORTS[shown] === undefined) continue;
    const name = host.includes(':') ? `[${host}]` : host;
    const origin = `${shown}://${name}${OWN_PORTS[shown] === port ? '' : `:${port}`}`;
    const ofHost = counts.get(host) ?? new Map<string, number>();
    counts.set(host, ofHost.set(origin, (ofHost.get(origin) ?? 0) + 1));
  }
  return new Map(
    [...counts].map(([host, ofHost]) => [host, [...ofHost].sort((a, b) => b[1] - a[1] || byText(b[0], a[0]))[0]![0]]),
  );
}
