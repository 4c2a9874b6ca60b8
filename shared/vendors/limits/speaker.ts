import type { ExchangeHead } from '../exchange.ts';

/** Vendors whose way of saying “too many” is their own. */
export type Speaker =
  | 'openai'
  | 'anthropic'
  | 'google'
  | 'aws'
  | 'azure'
  | 'github'
  | 'stripe'
  | 'slack'
  | 'shopify'
  | 'twilio'
  | 'hubspot'
  | 'salesforce'
  | 'discord'
  | 'telegram'
  | 'zoom';

const BY_DOMAIN: readonly [suffix: string, speaker: Speaker][] = [
  ['openai.com', 'openai'],
  ['openai.azure.com', 'azure'],
  ['cognitiveservices.azure.com', 'azure'],
  ['services.ai.azure.com', 'azure'],
  ['anthropic.com', 'anthropic'],
  ['googleapis.com', 'google'],
  ['amazonaws.com', 'aws'],
  ['amazonaws.com.cn', 'aws'],
  ['api.aws', 'aws'],
  ['github.com', 'github'],
  ['stripe.com', 'stripe'],
  ['slack.com', 'slack'],
  ['myshopify.com', 'shopify'],
  ['twilio.com', 'twilio'],
  ['hubapi.com', 'hubspot'],
  ['hubspot.com', 'hubspot'],
  ['salesforce.com', 'salesforce'],
  ['force.com', 'salesforce'],
  ['discord.com', 'discord'],
  ['api.telegram.org', 'telegram'],
  ['zoom.us', 'zoom'],
];
/** Where the catalogue (or people here, for a gateway of their own) says whose it is and the domain does not. */
const BY_VENDOR: Readonly<Record<string, Speaker>> = {
  openai: 'openai',
  anthropic: 'anthropic',
  google: 'google',
  'google-cloud': 'google',
  aws: 'aws',
  amazon: 'aws',
  github: 'github',
  stripe: 'stripe',
  slack: 'slack',
  shopify: 'shopify',
  twilio: 'twilio',
  hubspot: 'hubspot',
  salesforce: 'salesforce',
  discord: 'discord',
  telegram: 'telegram',
  zoom: 'zoom',
};
const REMEMBERED = 1000;
const recent = new Map<string, Speaker | null>();

/** Whose dialect a host speaks; null: nobody's in particular. */
export function speakerOf({ host, recognised }: ExchangeHead): Speaker | null {
  return speakerOfHost(host) ?? BY_VENDOR[recognised.vendor.id] ?? null;
}

/** As far as the host's name alone says it. */
export function speakerOfHost(host: string): Speaker | null {
  let known = recent.get(host);
  if (known === undefined) {
    const name = host.toLowerCase().replace(/:\d+$/, '');
    known = BY_DOMAIN.find(([suffix]) => name === suffix || name.endsWith(`.${suffix}`))?.[1] ?? null;
    if (recent.size >= REMEMBERED) recent.clear();
    recent.set(host, known);
  }
  return known;
}
