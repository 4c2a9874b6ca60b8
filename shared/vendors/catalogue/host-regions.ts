import { isCloudRegion } from '../countries/cloud-regions.ts';
import { createHostIndex } from './host-index.ts';

/** What a vendor promises to do in the region that a host names. */
export type Promised = 'processing' | 'storage' | 'tls';

/** A host that says where, of vendors whose regions are no cloud's. */
export interface HostRegion {
  /** Id in the catalogue. */
  vendor: string;
  /** As the vendor calls it, lower case. Null: whatever stands at `{region}`, for a promise that holds of all of them. */
  region: string | null;
  hosts: readonly string[];
  /** ISO 3166-1 alpha-2, or `EU`; null when it is not known, or to be looked up by region. */
  country: string | null;
  /** Empty: the vendor runs a host there, and no promise of it is known here. */
  promise: readonly Promised[];
  /** What the promise leaves out. */
  reservation: string | null;
  source: string | null;
  /** When the source was read; null: known without having been looked up. */
  checked: string | null;
}

const row = (
  vendor: string,
  region: string | null,
  country: string | null,
  hosts: readonly string[],
  promise: readonly Promised[] = [],
  more: Partial<Pick<HostRegion, 'reservation' | 'source' | 'checked'>> = {},
): HostRegion => ({ vendor, region, country, hosts, promise, reservation: null, source: null, checked: null, ...more });

const OPENAI = {
  reservation: 'Account and usage data may leave the region, and not every endpoint is processed in it.',
  source: 'https://developers.openai.com/',
  checked: '2026-11-23',
};
const SENTRY = {
  reservation: 'Where events are kept; some account data stays in the United States.',
  source: 'https://docs.sentry.io/',
  checked: '2026-11-23',
};
/** The hosts are as the page has them; the promise is from memory. */
const DATADOG = { source: 'https://docs.datadoghq.com/', checked: null };
const REP = { source: 'https://docs.cloud.google.com/', checked: '2026-11-23' };
/** The hosts are as the page has them; the promise is from memory. */
const MAILGUN = { source: 'https://documentation.mailgun.com/', checked: null };

/** Dated; a correction is a changed row with its source. */
export const HOST_REGIONS: readonly HostRegion[] = [
  row('openai', 'us', 'US', ['us.api.openai.com'], ['storage', 'tls'], OPENAI),
  row('openai', 'eu', 'EU', ['eu.api.openai.com'], ['storage', 'tls'], OPENAI),
  row('openai', 'au', 'AU', ['au.api.openai.com'], ['storage', 'tls'], OPENAI),
  row('openai', 'in', 'IN', ['in.api.openai.com'], ['storage', 'tls'], OPENAI),
  row('openai', 'jp', 'JP', ['jp.api.openai.com'], ['storage', 'tls'], OPENAI),
  row('openai', 'ae', 'AE', ['ae.api.openai.com'], ['storage'], OPENAI),

  row('google-cloud', null, null, ['*.{region}.rep.googleapis.com'], ['processing', 'tls'], REP),

  row('datadog', 'us1', 'US', ['datadoghq.com', '*.datadoghq.com'], ['storage'], DATADOG),
  row('datadog', 'us3', 'US', ['us3.datadoghq.com', '*.us3.datadoghq.com'], ['storage'], DATADOG),
  row('datadog', 'us5', 'US', ['us5.datadoghq.com', '*.us5.datadoghq.com'], ['storage'], DATADOG),
  row('datadog', 'eu1', 'DE', ['datadoghq.eu', '*.datadoghq.eu'], ['storage'], DATADOG),
  row('datadog', 'ap1', 'JP', ['ap1.datadoghq.com', '*.ap1.datadoghq.com'], ['storage'], DATADOG),
  row('datadog', 'ap2', 'AU', ['ap2.datadoghq.com', '*.ap2.datadoghq.com'], ['storage'], DATADOG),
  row('datadog', 'uk1', 'GB', ['uk1.datadoghq.com', '*.uk1.datadoghq.com'], ['storage'], DATADOG),
  row('datadog', 'us1-fed', 'US', ['ddog-gov.com', '*.ddog-gov.com'], ['storage'], DATADOG),

  row('sentry', 'us', 'US', ['us.sentry.io', '*.us.sentry.io'], ['storage'], SENTRY),
  row('sentry', 'de', 'DE', ['de.sentry.io', '*.de.sentry.io'], ['storage'], SENTRY),

  row('mailgun', 'us', 'US', ['api.mailgun.net', 'smtp.mailgun.org'], ['storage'], MAILGUN),
  row('mailgun', 'eu', 'EU', ['api.eu.mailgun.net', 'smtp.eu.mailgun.org'], ['storage'], MAILGUN),
  row('sendgrid', 'eu', 'EU', ['api.eu.sendgrid.com', 'smtp.eu.sendgrid.net']),
  row('sparkpost', 'eu', 'EU', ['api.eu.sparkpost.com', 'smtp.eu.sparkpostmail.com']),
  row('mailjet', 'us', 'US', ['api.us.mailjet.com']),
  // Its global host picks the nearest, and so says nothing.
  row('smtp2go', 'us', 'US', ['us-api.smtp2go.com', 'mail-us.smtp2go.com']),
  row('smtp2go', 'eu', 'EU', ['eu-api.smtp2go.com', 'mail-eu.smtp2go.com']),
  row('smtp2go', 'au', 'AU', ['au-api.smtp2go.com', 'mail-au.smtp2go.com']),

  row(
    'assemblyai',
    'eu',
    'EU',
    ['api.eu.assemblyai.com', 'streaming.eu.assemblyai.com', 'llm-gateway.eu.assemblyai.com'],
    ['processing', 'storage'],
  ),
  row('webflow', 'eu', 'EU', ['api.eu.webflow.com']),

  row(
    'newrelic',
    'us',
    'US',
    [
      'api.newrelic.com',
      'log-api.newrelic.com',
      'metric-api.newrelic.com',
      'trace-api.newrelic.com',
      'otlp.nr-data.net',
      'insights-collector.newrelic.com',
      'collector.newrelic.com',
    ],
    ['storage'],
  ),
  row('newrelic', 'eu', 'EU', ['*.eu.newrelic.com', '*.eu01.nr-data.net', '*.eu01.newrelic.com'], ['storage']),

  row('deepl', 'us', 'US', ['api-us.deepl.com']),
  row('deepl', 'jp', 'JP', ['api-jp.deepl.com']),
  row('vonage', 'us', 'US', ['api-us.nexmo.com', 'api-us-{number}.nexmo.com', 'api-us.vonage.com']),
  row('vonage', 'eu', 'EU', ['api-eu.nexmo.com', 'api-eu-{number}.nexmo.com', 'api-eu.vonage.com']),
  row('azure', 'europe', 'EU', ['api-eur.cognitive.microsofttranslator.com'], ['processing']),
  row('azure', 'unitedstates', 'US', ['api-nam.cognitive.microsofttranslator.com'], ['processing']),
  row('posthog', 'us', 'US', ['us.posthog.com', 'us.i.posthog.com', 'us-assets.i.posthog.com']),
  row('posthog', 'eu', 'DE', ['eu.posthog.com', 'eu.i.posthog.com', 'eu-assets.i.posthog.com']),
  row('mixpanel', 'eu', 'EU', ['api-eu.mixpanel.com', 'data-eu.mixpanel.com', 'eu.mixpanel.com']),
  row('mixpanel', 'in', 'IN', ['api-in.mixpanel.com', 'data-in.mixpanel.com', 'in.mixpanel.com']),
  row('amplitude', 'eu', 'EU', ['api.eu.amplitude.com', 'analytics.eu.amplitude.com']),
  row('intercom', 'eu', 'EU', ['api.eu.intercom.io']),
  row('intercom', 'au', 'AU', ['api.au.intercom.io']),
  row('opsgenie', 'eu', 'EU', ['api.eu.opsgenie.com']),
  row('pagerduty', 'eu', 'EU', ['api.eu.pagerduty.com', 'events.eu.pagerduty.com']),
  row('auth0', 'eu', 'EU', ['*.eu.auth0.com']),
  row('auth0', 'au', 'AU', ['*.au.auth0.com']),
  row('auth0', 'us', 'US', ['*.us.auth0.com']),
  row('auth0', 'jp', 'JP', ['*.jp.auth0.com']),
  row('contentful', 'eu', 'EU', ['*.eu.contentful.com']),
  row('docusign', 'eu', 'EU', ['eu.docusign.net', 'eu{number}.docusign.net']),
  row('docusign', 'au', 'AU', ['au.docusign.net']),
  row('docusign', 'ca', 'CA', ['ca.docusign.net']),
  row('docusign', 'us', 'US', ['na{number}.docusign.net', 'www.docusign.net']),
  row('snyk', 'eu', 'EU', ['api.eu.snyk.io']),
  row('snyk', 'au', 'AU', ['api.au.snyk.io']),
  row('segment', 'eu', 'EU', ['events.eu1.segmentapis.com', 'eu1.api.segmentapis.com']),
  row('hubspot', 'eu', 'EU', ['api-eu1.hubapi.com', 'api-eu1.hubspot.com', 'forms-eu1.hubspot.com']),
];

const index = createHostIndex<HostRegion>();
for (const row of HOST_REGIONS) for (const host of row.hosts) index.add(host, row);
// Hosts of clouds that carry a customer's own program: they say a region all the same.
const REGION_ONLY = createHostIndex<true>();
for (const pattern of [
  '{id}.execute-api.{region}.amazonaws.com',
  '{id}.lambda-url.{region}.on.aws',
  '{id}.appsync-api.{region}.amazonaws.com',
  '{name}.{region}.elb.amazonaws.com',
  '{name}.elb.{region}.amazonaws.com',
  '{name}.{region}.compute.amazonaws.com',
  '{name}.{region}.elasticbeanstalk.com',
  '{name}.{id}.{region}.rds.amazonaws.com',
  '{id}.{region}.awsapprunner.com',
  '{name}.s3-website.{region}.amazonaws.com',
  '{name}.s3-website-{region}.amazonaws.com',
  '{region}-{project}.cloudfunctions.net',
  '{service}-{project}.{region}.run.app',
  '{name}.{region}.cloudapp.azure.com',
  '{name}-{hash}.{region}-01.azurewebsites.net',
  '{name}.{id}.{region}.azurecontainerapps.io',
  '{region}-{service}.googleapis.com',
  '{service}.{region}.rep.googleapis.com',
]) {
  REGION_ONLY.add(pattern, true);
}

/** The region that a host names beside what its service's pattern says; null when none is known. */
export function findHostRegion(labels: readonly string[]): string | null {
  const found = index.find(labels);
  if (found) return found.value.region ?? found.region;
  const region = REGION_ONLY.find(labels)?.region ?? null;
  // What stands in the region's place need not be one: `bucket.s3.amazonaws.com`. New regions look like the old ones.
  return region !== null && (isCloudRegion(region) || /^[a-z]{2,}(?:-[a-z]+)+-?\d+$/.test(region)) ? region : null;
}

/** What is written down of a host's region; null when nothing is. */
export function hostRegionOf(host: string): HostRegion | null {
  return index.find(host.toLowerCase().split('.'))?.value ?? null;
}
