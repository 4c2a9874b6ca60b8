import { oc } from '@orpc/contract';
import { z } from 'zod';
import { VENDOR_CATEGORIES, VENDOR_STATUSES } from '../model/vendor.ts';
import { CRITICALITIES } from './apps.ts';
import { badMap } from './refusals.ts';
import { countriesSchema, figuresSchema } from './vendors.ts';

const count = z.number().int();
const micros = z.number().int();
const since = z.coerce.number<number>().int().min(0).describe('Microseconds since the Unix epoch');

export const mapNodeSchema = figuresSchema.extend({
  /** `app:billing`, `vendor:stripe`, `endpoint:api.stripe.com POST /v1/charges`; `app:` is of nobody known. */
  id: z.string(),
  kind: z.enum(['app', 'vendor', 'endpoint']),
  name: z.string(),
  /** Of an endpoint: its vendor’s id. */
  vendor: z.string().nullable(),
  host: z.string().nullable(),
  team: z.string().nullable(),
  criticality: z.enum(CRITICALITIES).nullable(),
  category: z.enum(VENDOR_CATEGORIES).nullable(),
  logo: z.string().nullable(),
  status: z.enum(VENDOR_STATUSES).nullable(),
  countries: countriesSchema.nullable(),
  data: z.array(z.string()).describe('Data classes people declared'),
  firstSeen: micros.nullable(),
  lastSeen: micros.nullable(),
});
export type MapNode = z.infer<typeof mapNodeSchema>;

export const mapEdgeSchema = figuresSchema.extend({ from: z.string(), to: z.string() });
export type MapEdge = z.infer<typeof mapEdgeSchema>;

export const dependencyMapSchema = z.object({
  since: micros,
  until: micros,
  nodes: z.array(mapNodeSchema),
  edges: z.array(mapEdgeSchema),
  /** Endpoints of a vendor beyond the most called ones are one node, `endpoint:VENDOR …`, whose name says how many. */
  folded: count,
  total: figuresSchema,
  /** Against the span asked for: nodes and edges that came, and that were there and are not. */
  changes: z.array(
    z.object({
      change: z.enum(['added', 'gone']),
      kind: z.enum(['app', 'vendor', 'endpoint', 'edge']),
      id: z.string(),
      name: z.string(),
      says: z.string(),
    }),
  ),
  coverage: z.number().nullable().describe('Share of connections that were seen; null where nobody looked'),
});
export type DependencyMap = z.infer<typeof dependencyMapSchema>;

export const MAP_FORMATS = ['cyclonedx', 'openapi', 'graphql', 'csv', 'xlsx', 'svg', 'focus'] as const;

/** Who depends on whom. */
export const map = oc.tag('map').router({
  get: oc
    .route({
      method: 'GET',
      path: '/map',
      summary: 'Show what depends on what',
      description: 'App → vendor → endpoint, with figures on every node and edge.',
    })
    .input(
      z.object({
        since,
        until: since,
        compareSince: since.optional().describe('Tell what changed since the span from here on to `compareUntil`'),
        compareUntil: since.optional(),
        app: z.string().optional(),
        vendor: z.string().optional(),
        endpoints: z.coerce
          .number<number>()
          .int()
          .min(0)
          .max(500)
          .default(12)
          .describe('Most endpoints of each vendor'),
      }),
    )
    .output(dependencyMapSchema),

  export: oc
    .route({
      method: 'GET',
      path: '/map/export',
      summary: 'Export it',
      description:
        'CycloneDX SaaSBOM, OpenAPI or GraphQL operations inferred from calls, the register as CSV or XLSX, a picture, costs in FOCUS’s columns.',
    })
    .errors(badMap)
    .input(
      z.object({
        since,
        until: since,
        format: z.enum(MAP_FORMATS),
        version: z.string().max(10).optional().describe('CycloneDX: 1.6 or 1.7'),
        vendor: z.string().optional(),
        service: z.string().optional(),
        app: z.string().optional(),
      }),
    )
    .output(
      z.object({
        filename: z.string(),
        mediaType: z.string(),
        /** `text`, or `base64` for what is no text. */
        encoding: z.enum(['text', 'base64']),
        content: z.string(),
        notes: z.array(z.string()).describe('What it does not say, and why'),
      }),
    ),
});
