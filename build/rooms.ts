// The map of the house as data: which room exists, which rooms it may import, which packages it may use.
// `check-rooms.ts` compares it with every import in the code, both ways: an import that is not here fails, and so
// does an arrow here that no import uses. The picture and the reasons are in docs/architecture.md.
import { pages } from './rooms-pages.ts';
import type { Room } from './room.ts';

export const rooms: Record<string, Room> = {
  // 0 · plain data and pure functions
  'shared/model': { uses: [] },
  'shared/bytes': { uses: [] },
  'shared/query': { uses: ['shared/model'] },
  'shared/events': { uses: ['shared/model'] },
  'shared/format': { uses: ['shared/model', 'shared/query'] },
  'shared/measure': { uses: [] },
  'shared/diff': { uses: [] },
  'shared/llm': { uses: [] },
  'shared/payload': { uses: ['shared/bytes'] },
  'shared/redaction': { uses: [] },
  'shared/desktop': { uses: [] },
  'shared/agent': { uses: ['shared/model', 'shared/events'] },
  'shared/vendors': {
    uses: ['shared/model', 'shared/bytes', 'shared/events', 'shared/llm', 'shared/ledger'],
    packages: ['tldts'],
  },
  'shared/endpoints': { uses: [] },
  'shared/ledger': { uses: ['shared/model', 'shared/payload'], packages: ['@pydantic/genai-prices'] },
  'shared/policies': {
    uses: [
      'shared/model',
      'shared/bytes',
      'shared/events',
      'shared/endpoints',
      'shared/vendors',
      'shared/format',
      'shared/query',
    ],
    packages: ['zod', '@marcbachmann/cel-js'],
  },
  'shared/replay': {
    uses: ['shared/model', 'shared/bytes', 'shared/diff', 'shared/format', 'shared/policies'],
    packages: ['json-p3'],
  },
  'shared/interchange': { uses: ['shared/model', 'shared/bytes', 'shared/replay'] },
  'shared/mocks': {
    uses: ['shared/bytes', 'shared/endpoints', 'shared/vendors', 'shared/policies'],
    packages: ['zod'],
  },
  'shared/contract': { uses: ['shared/model'], packages: ['zod', '@orpc/contract'] },

  // 1 · the engine's rooms, and what they share with doors
  'electron/content': { uses: ['shared/format'] },
  'electron/engine/authority': { uses: ['shared/bytes'] },
  'electron/engine/store': {
    uses: ['shared/model', 'shared/events', 'shared/query', 'shared/measure', 'shared/endpoints'],
    packages: ['better-sqlite3'],
  },
  'electron/engine/pipeline': { uses: ['shared/model', 'shared/events', 'shared/bytes', 'shared/mocks'] },
  'electron/engine/govern': {
    uses: [
      'shared/model',
      'shared/events',
      'shared/vendors',
      'shared/policies',
      'shared/contract',
      'electron/engine/pipeline',
      'electron/engine/registers',
      'electron/engine/vendors',
      'electron/engine/capture/ingest',
      'electron/engine/store',
    ],
    packages: ['zod'],
  },

  // inside other people's programs
  'electron/agent': {
    uses: ['shared/agent', 'shared/model', 'shared/bytes', 'shared/vendors'],
    packages: ['@mswjs/interceptors'],
  },

  // 2
  'electron/engine/capture/identity': {
    uses: ['shared/model', 'shared/events', 'shared/bytes', 'shared/format', 'shared/redaction'],
    packages: ['koffi'],
  },
  'electron/engine/capture/proxy': {
    uses: [
      'shared/model',
      'shared/events',
      'shared/bytes',
      'electron/engine/pipeline',
      'electron/engine/authority',
      'electron/engine/capture/identity',
    ],
  },
  'electron/engine/capture/ingest': {
    uses: [
      'shared/agent',
      'shared/model',
      'shared/events',
      'shared/vendors',
      'electron/engine/pipeline',
      'electron/engine/archive',
      'electron/engine/store',
      'electron/engine/capture/identity',
    ],
  },
  'electron/engine/capture/coverage': {
    uses: [
      'shared/model',
      'shared/events',
      'shared/contract',
      'electron/engine/capture/identity',
      'electron/engine/store',
    ],
  },
  'electron/engine/capture/attach': {
    packages: ['ws'],
    uses: ['shared/agent', 'shared/contract', 'shared/model', 'shared/format', 'electron/engine/authority'],
  },
  'electron/engine/replay': {
    uses: [
      'shared/model',
      'shared/bytes',
      'shared/events',
      'shared/query',
      'shared/redaction',
      'shared/policies',
      'shared/contract',
      'shared/replay',
      'electron/content',
      'electron/engine/pipeline',
      'electron/engine/analytics',
      'electron/engine/archive',
      'electron/engine/store',
    ],
    packages: ['protobufjs'],
  },
  'electron/engine/replay/environments': {
    uses: ['shared/model', 'shared/query', 'electron/engine/pipeline', 'electron/engine/registers'],
    packages: ['yaml', 'zod'],
  },
  'electron/engine/replay/collections': {
    uses: ['shared/model', 'electron/engine/replay', 'electron/engine/registers'],
    packages: ['yaml', 'zod'],
  },
  'electron/engine/mocks': {
    uses: [
      'shared/model',
      'shared/contract',
      'shared/mocks',
      'electron/engine/pipeline',
      'electron/engine/registers',
      'electron/engine/store',
    ],
    packages: ['yaml'],
  },
  'electron/engine/apps': { uses: ['shared/model', 'shared/contract', 'electron/engine/capture/attach'] },
  'electron/engine/registers': { uses: ['shared/query'], packages: ['yaml', 'zod'] },
  'electron/engine/govern/register': {
    uses: [
      'shared/model',
      'shared/diff',
      'shared/contract',
      'shared/policies',
      'shared/vendors',
      'electron/engine/registers',
      'electron/engine/store',
    ],
    packages: ['yaml', 'zod'],
  },
  'electron/engine/ledger': {
    uses: [
      'shared/model',
      'shared/ledger',
      'shared/vendors',
      'shared/contract',
      'electron/engine/store',
      'electron/engine/registers',
    ],
    packages: ['zod'],
  },
  'electron/engine/places': { uses: ['shared/vendors'], packages: ['mmdb-lib'] },
  'electron/engine/vendors': {
    uses: ['shared/model', 'shared/contract', 'shared/vendors', 'shared/endpoints', 'electron/engine/registers'],
    packages: ['yaml', 'zod'],
  },
  'electron/engine/archive': {
    uses: [
      'shared/model',
      'shared/events',
      'shared/bytes',
      'shared/redaction',
      'shared/vendors',
      'shared/endpoints',
      'shared/ledger',
      'electron/engine/store',
    ],
    packages: ['gpt-tokenizer'],
  },
  'electron/engine/analytics/costs': {
    uses: [
      'shared/model',
      'shared/contract',
      'shared/format',
      'shared/ledger',
      'shared/policies',
      'electron/engine/store',
    ],
  },
  'electron/engine/analytics/picture': {
    uses: [
      'shared/model',
      'shared/query',
      'shared/measure',
      'shared/contract',
      'shared/vendors',
      'electron/engine/store',
      'electron/engine/vendors',
    ],
  },
  'electron/engine/analytics/turns': { uses: [] },
  'electron/engine/analytics/backtest': {
    uses: [
      'shared/model',
      'shared/query',
      'shared/format',
      'shared/contract',
      'shared/policies',
      'shared/vendors',
      'electron/engine/registers',
      'electron/engine/store',
      'electron/engine/places',
      'electron/engine/vendors',
      'electron/engine/analytics/picture',
      'electron/engine/analytics/turns',
    ],
    packages: ['yaml'],
  },
  'electron/engine/exports': {
    uses: [
      'shared/model',
      'shared/query',
      'shared/format',
      'shared/contract',
      'electron/engine/store',
      'electron/engine/vendors',
      'electron/engine/analytics/picture',
      'electron/content',
      'shared/payload',
    ],
    packages: ['csv-stringify', 'graphql', 'hucre'],
  },
  'electron/engine/analytics': {
    uses: [
      'electron/engine/exports',
      'shared/ledger',
      'shared/model',
      'shared/policies',
      'shared/query',
      'shared/contract',
      'shared/vendors',
      'electron/engine/store',
      'electron/engine/places',
      'electron/engine/vendors',
      'electron/engine/analytics/costs',
      'electron/engine/analytics/picture',
      'electron/engine/analytics/turns',
    ],
  },

  'electron/engine/settings': {
    uses: [
      'shared/contract',
      'shared/redaction',
      'electron/engine/archive',
      'electron/engine/pipeline',
      'electron/engine/places',
      'electron/engine/store',
    ],
  },

  'electron/engine/jobs': {
    uses: [
      'shared/model',
      'shared/vendors',
      'electron/engine/vendors',
      'shared/bytes',
      'shared/events',
      'shared/query',
      'shared/format',
      'shared/contract',
      'electron/content',
      'electron/engine/store',
      'electron/engine/archive',
      'electron/engine/analytics',
    ],
    packages: ['zod'],
  },

  // 3 · the composition root: the files right in the folder know every room
  'electron/engine': { uses: ['*'], shallow: true },

  // 4 · doors
  'electron/api': {
    uses: ['shared/model', 'shared/query', 'shared/format', 'shared/contract', 'electron/content'],
    packages: ['@orpc/server', '@orpc/contract', '@readme/httpsnippet'],
  },
  'electron/hosts': {
    uses: ['shared/contract', 'electron/api'],
    packages: ['@orpc/server', '@orpc/client', '@orpc/contract', '@orpc/openapi', '@orpc/zod', 'ws'],
  },

  // 5 · an engine with its doors open, as one process runs it
  'electron/serve': {
    uses: [
      'shared/contract',
      'shared/format',
      'electron/engine',
      'electron/engine/authority',
      'electron/engine/capture/attach',
      'electron/engine/govern/register',
      'electron/engine/settings',
      'electron/api',
      'electron/hosts',
    ],
  },

  // 6 · the command line
  'electron/cli': {
    uses: [
      'shared/agent',
      'shared/model',
      'shared/query',
      'shared/diff',
      'shared/format',
      'shared/policies',
      'shared/contract',
      'shared/replay',
      'electron/engine/apps',
      'electron/engine/exports',
      'electron/engine/govern',
      'electron/engine/govern/register',
      'electron/engine/ledger',
      'electron/engine/mocks',
      'electron/engine/replay',
      'electron/engine/replay/collections',
      'electron/engine/replay/environments',
      'electron/engine/vendors',
      'electron/engine/capture/coverage',
      'electron/engine/capture/attach',
      'electron/engine/analytics',
      'electron/engine/analytics/backtest',
      'electron/engine/authority',
      'electron/engine/settings',
      'electron/api',
      'electron/content',
      'electron/hosts',
      'electron/serve',
    ],
    packages: ['commander', '@orpc/server', 'csv-stringify'],
  },

  // the desktop app: it starts the engine by its path, and never imports it
  'electron/shell': {
    uses: ['shared/desktop', 'electron/hosts'],
    packages: ['electron', 'electron-updater'],
  },

  // 7 · the pages
  ...pages,

  // beside the house: they may look into every room, and no room looks at them
  build: { uses: ['shared/vendors'], packages: ['*'] },
  test: { uses: ['*'], packages: ['*'] },
};

const listed = 'data: one list of vendors';

/** Files longer than the ceiling, each with the reason why it is one piece. */
export const longFiles: Record<string, string> = {
  'shared/vendors/catalogue/listed/ai.ts': listed,
  'shared/vendors/catalogue/listed/business.ts': listed,
  'shared/vendors/catalogue/listed/communication.ts': listed,
  'shared/vendors/catalogue/listed/developer.ts': listed,
  'shared/vendors/catalogue/listed/growth.ts': listed,
  'shared/vendors/catalogue/listed/infrastructure.ts': listed,
  'shared/vendors/catalogue/listed/observability.ts': listed,
  'shared/vendors/catalogue/listed/work.ts': listed,
};

/** A file longer than this is two ideas. */
export const longestFile = 500;
