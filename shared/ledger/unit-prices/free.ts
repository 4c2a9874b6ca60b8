import type { UnitPrice } from '../units/unit-price.ts';

const free = (id: string, vendor: string, more: Partial<UnitPrice> = {}): UnitPrice => ({
  id,
  vendor,
  free: true,
  checked: null,
  examples: [{ usd: 0 }],
  ...more,
});

/** APIs whose calls cost nothing (what is behind them may cost by the seat or the month). */
export const FREE: readonly UnitPrice[] = [
  free('github/api', 'github', {
    hosts: ['api.github.com', 'github.com', 'uploads.github.com', 'raw.githubusercontent.com', 'codeload.github.com'],
    note: 'Models at models.github.ai and Copilot are priced by tokens.',
  }),
  free('gitlab/api', 'gitlab'),
  free('slack/api', 'slack'),
  free('shopify/admin', 'shopify', { note: 'The API; plans and payments have prices of their own.' }),
  free('npm/registry', 'npm'),
  free('pypi/registry', 'pypi'),
  free('sentry/events', 'sentry', { note: 'Events count against the plan, by the month.' }),
  free('discord/api', 'discord'),
  free('telegram/bots', 'telegram'),
  free('notion/api', 'notion'),
  free('auth0/api', 'auth0', { note: 'Priced by active users of a month, which calls do not say.' }),
  free('openai/models', 'openai', {
    methods: ['GET'],
    paths: ['/v1/models', '/v1/models/*', '/v1/files', '/v1/files/**', '/v1/batches', '/v1/batches/*'],
  }),
  free('openai/moderations', 'openai', { methods: ['POST'], paths: ['/v1/moderations'] }),
  free('anthropic/models', 'anthropic', {
    methods: ['GET'],
    paths: ['/v1/models', '/v1/models/*', '/v1/messages/batches', '/v1/messages/batches/**'],
  }),
  free('anthropic/count', 'anthropic', { methods: ['POST'], paths: ['/v1/messages/count_tokens'] }),
  free('google/count', 'google', {
    hosts: ['generativelanguage.googleapis.com'],
    methods: ['POST', 'GET'],
    paths: ['/*/models', '/*/models/*:countTokens'],
  }),
];
