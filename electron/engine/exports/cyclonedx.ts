import { createHash } from 'node:crypto';
import { isoTimestamp } from '../../../shared/format/times.ts';
import type { CountryClaim } from '../../../shared/model/vendor.ts';
import { readEndpointName } from './endpoint-name.ts';
import type { Survey, SurveyedEndpoint, SurveyedService } from './survey.ts';

export const CYCLONEDX_VERSIONS = ['1.6', '1.7'] as const;
export type CycloneDxVersion = (typeof CYCLONEDX_VERSIONS)[number];

/** What newest calls tell of a service beyond its sums. */
export interface ServiceFacts {
  /** Whether any of those looked at carried a credential. */
  credentials: boolean;
  /** Schemes by host, `https`; hosts nobody knows the scheme of are left out. */
  origins: ReadonlyMap<string, string>;
  /** Versions of its API that were asked for. */
  versions: readonly string[];
}

interface Property {
  name: string;
  value: string;
}

/** So many endpoints of a service are named with their figures; all are in its list of endpoints. */
const MOST_ENDPOINT_PROPERTIES = 200;
const ROOT = 'apps';

/**
 * A SaaSBOM (CycloneDX 1.6 = ECMA-424, and 1.7): who is called, with what, and who calls. Everything that the format has no
 * field for is a property under `sallyport:`. `complete`: coverage proves that nothing went by unseen. Equal content has an
 * equal serial number, whenever and for whichever span it was made.
 */
export function writeCycloneDx(
  survey: Survey,
  facts: (service: SurveyedService) => ServiceFacts,
  { version, complete, coverage }: { version: CycloneDxVersion; complete: boolean; coverage: number | null },
): string {
  const apps = survey.apps.map((app) => ({ type: 'application', 'bom-ref': appRef(app), name: app ?? 'nobody known' }));
  const [only] = apps;
  const alone = apps.length === 1 && only !== undefined;
  const services = survey.services.map((service) => describeService(service, facts(service)));
  const dependencies = [
    ...(alone ? [] : [{ ref: ROOT, dependsOn: apps.map((app) => app['bom-ref']) }]),
    ...survey.apps.map((app) => ({
      ref: appRef(app),
      dependsOn: survey.services.filter((one) => one.apps.some((by) => by.app === app)).map(serviceRef),
    })),
    ...survey.services.map((service) => ({ ref: serviceRef(service), dependsOn: [] })),
  ];
  const content = {
    component: alone ? only : { type: 'application', 'bom-ref': ROOT, name: 'All apps seen by Sallyport' },
    ...(alone ? {} : { components: apps }),
    services,
    dependencies,
    compositions: [
      {
        aggregate: complete ? 'complete' : 'incomplete',
        dependencies: survey.apps.map(appRef),
      },
    ],
  };
  const { component, ...rest } = content;
  const bom = {
    $schema: `http://cyclonedx.org/schema/bom-${version}.schema.json`,
    bomFormat: 'CycloneDX',
    specVersion: version,
    serialNumber: serialOf(JSON.stringify([version, content])),
    version: 1,
    metadata: {
      timestamp: isoTimestamp(survey.until),
      lifecycles: [{ phase: 'discovery' }],
      tools: { components: [{ type: 'application', name: 'Sallyport' }] },
      component,
      properties: [
        property('span.since', isoTimestamp(survey.since)),
        property('span.until', isoTimestamp(survey.until)),
        property('calls', survey.total.calls),
        property('coverage', coverage === null ? 'unknown' : String(coverage)),
      ],
    },
    ...rest,
  };
  return `${JSON.stringify(bom, null, 2)}\n`;
}

function describeService(service: SurveyedService, facts: ServiceFacts): object {
  const { vendor, said, figures, hosts } = service;
  const { docs, status, dpa, subprocessors } = vendor.urls;
  const references = [
    { type: 'documentation', url: docs, comment: null },
    { type: 'other', url: status, comment: 'Status page' },
    { type: 'other', url: dpa, comment: 'Data processing agreement' },
    { type: 'other', url: subprocessors, comment: 'Sub-processors' },
  ].flatMap(({ type, url, comment }) => (url === null ? [] : [{ type, url, ...(comment !== null && { comment }) }]));
  const [onlyVersion] = facts.versions;
  return {
    'bom-ref': serviceRef(service),
    provider: {
      name: vendor.company ?? vendor.name,
      ...(vendor.country !== null && { address: { country: vendor.country } }),
    },
    group: vendor.id,
    name: service.name,
    ...(facts.versions.length === 1 && { version: onlyVersion }),
    ...(said.purpose !== null && { description: said.purpose }),
    endpoints: endpointAddresses(service, facts),
    // That it needs none cannot be seen: only that none was sent.
    ...(facts.credentials && { authenticated: true }),
    'x-trust-boundary': true,
    ...dataOf(service),
    ...(references.length > 0 && { externalReferences: references }),
    properties: [
      property('vendor', vendor.id),
      property('vendor.name', vendor.name),
      property('category', vendor.category),
      property('status', service.status),
      ...known('owner', said.owner),
      ...known('criticality', said.criticality),
      ...known('contract', said.contract),
      ...hosts.map((host) => property('host', host)),
      ...(facts.versions.length > 1 ? facts.versions.map((one) => property('api.version', one)) : []),
      property('calls', figures.calls),
      property('errors', figures.errors),
      property('throttled', figures.throttled),
      property('bytes.out', figures.requestBytes),
      property('bytes.in', figures.responseBytes),
      ...known('cost.nanoUsd', figures.costNanoUsd),
      property('calls.unpriced', figures.unpricedCalls),
      ...known('firstSeen', time(service.firstSeen)),
      ...known('lastSeen', time(service.lastSeen)),
      ...country('endpoint', service.countries.endpoint),
      ...country('declared', service.countries.declared),
      ...country('importer', service.countries.importer),
      ...service.endpoints
        .toSorted((a, b) => b.figures.calls - a.figures.calls)
        .slice(0, MOST_ENDPOINT_PROPERTIES)
        .map((one) => property('endpoint', describeEndpoint(one))),
    ],
  };
}

/** Templates, never what stood in their place; `{` has to be encoded in an address (RFC 3987). */
function endpointAddresses({ endpoints }: SurveyedService, { origins }: ServiceFacts): string[] {
  const addresses = endpoints.map(({ host, endpoint }) => {
    const origin = origins.get(host) ?? `https://${host}`;
    const path = endpoint === null ? '' : (readEndpointName(endpoint)?.path ?? '');
    return `${origin}${encodePath(path)}`;
  });
  return [...new Set(addresses)];
}

/** Whatever may not stand in an address as it is, encoded; what is encoded stays. */
function encodePath(path: string): string {
  return path.replace(/%(?![0-9A-Fa-f]{2})|[^A-Za-z0-9\-._~!$&'()*+,;=:@/%]/gu, (char) => {
    try {
      return encodeURIComponent(char);
    } catch {
      return '%EF%BF%BD'; // half of a surrogate pair
    }
  });
}

/** As the service sees it: what we send comes in. Which classes go back is not declared. */
function dataOf({ said, figures, hosts }: SurveyedService): object {
  const governance = said.owner === null ? {} : { governance: { owners: [{ contact: { name: said.owner } }] } };
  const declared = said.data.map((classification) => ({
    flow: 'inbound',
    classification,
    name: `Sent to ${hosts.join(', ')}, as declared`,
    ...governance,
  }));
  const data = [
    ...declared,
    ...(declared.length === 0 && figures.requestBytes > 0
      ? [{ flow: 'inbound', classification: 'unclassified', name: 'Sent, class not declared', ...governance }]
      : []),
    ...(figures.responseBytes > 0
      ? [{ flow: 'outbound', classification: 'unclassified', name: 'Answers, class not declared', ...governance }]
      : []),
  ];
  return data.length === 0 ? {} : { data };
}

function describeEndpoint({ host, endpoint, figures }: SurveyedEndpoint): string {
  return `${host} ${endpoint ?? '(not told)'}: ${figures.calls} calls`;
}

function country(which: string, { country: where, region, basis, confidence, says }: CountryClaim): Property[] {
  return [
    property(`country.${which}`, where ?? 'unknown'),
    ...known(`country.${which}.region`, region),
    ...known(`country.${which}.basis`, basis),
    ...known(`country.${which}.confidence`, confidence),
    property(`country.${which}.says`, says),
  ];
}

function property(name: string, value: string | number): Property {
  return { name: `sallyport:${name}`, value: String(value) };
}

function known(name: string, value: string | number | null): Property[] {
  return value === null ? [] : [property(name, value)];
}

const time = (at: number | null): string | null => (at === null ? null : isoTimestamp(at));
const appRef = (app: string | null): string => `app:${app ?? ''}`;
const serviceRef = ({ id }: { id: string }): string => `service:${id}`;

/** A UUID of our own making (version 8, RFC 9562) out of the content. */
function serialOf(content: string): string {
  const hex = createHash('sha256').update(content).digest('hex');
  const variant = ((Number.parseInt(hex[16]!, 16) & 3) | 8).toString(16);
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
