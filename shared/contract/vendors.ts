import { oc } from '@orpc/contract';
import { z } from 'zod';
import { COUNTRY_BASES, VENDOR_CATEGORIES, VENDOR_STATUSES } from '../model/vendor.ts';
import type { CountryClaim } from '../model/vendor.ts';
import { THROTTLES } from '../model/limit-signal.ts';
import { CRITICALITIES } from './apps.ts';
import { deprecationSchema, nanoUsd } from './metering-schemas.ts';
import { badVendor, engineNotRunning, vendorNotFound } from './refusals.ts';

const count = z.number().int();
const micros = z.number().int();
const since = z.coerce.number<number>().int().min(0).describe('Microseconds since the Unix epoch');
const span = { since, until: since };
const said = z.string().trim().max(1000).nullable();

/** Data that people declare a vendor to get; what is found in calls comes with findings. */
export const DATA_CLASSES = ['personal', 'payment', 'health', 'credentials', 'confidential', 'public', 'none'] as const;

/** What people say of a vendor; kept in `vendors.yaml` in the data folder. */
export const vendorDeclarationSchema = z.object({
  status: z.enum(VENDOR_STATUSES).describe('`new` and `known` are by observation; people set the others'),
  approvedBy: said,
  approvedUntil: z.iso.date().nullable(),
  owner: said,
  purpose: said,
  criticality: z.enum(CRITICALITIES).nullable(),
  contract: said.describe('Where the contract is, or its number'),
  data: z.array(z.enum(DATA_CLASSES)),
  declaredCountry: z.string().length(2).nullable().describe('Where the contract says data is processed'),
  note: said,
});
export type VendorDeclaration = z.infer<typeof vendorDeclarationSchema>;

export const countryClaimSchema = z.object({
  country: z.string().nullable().describe('ISO 3166-1 alpha-2, or EU'),
  region: z.string().nullable(),
  basis: z.enum(COUNTRY_BASES).nullable(),
  confidence: z.enum(['high', 'medium', 'low']).nullable(),
  says: z.string(),
}) satisfies z.ZodType<CountryClaim>;

export const countriesSchema = z.object({
  endpoint: countryClaimSchema.describe('Where the other end of the connection is'),
  declared: countryClaimSchema.describe('Where the vendor, or a contract, says it processes'),
  importer: countryClaimSchema.describe('Who the data is given to, in law'),
});

/** Figures of some calls; every figure can be asked for as calls with the same filter. */
export const figuresSchema = z.object({
  calls: count,
  errors: count.describe('Failures, and answers of 400 and above'),
  failures: count.describe('Calls without an answer, or with one that broke off'),
  throttled: count.describe('Refused for their number, by the vendor'),
  requestBytes: count,
  responseBytes: count,
  p50: z.number().nullable().describe('Microseconds'),
  p95: z.number().nullable(),
  costNanoUsd: nanoUsd.describe('Sum of what is known; null when nothing is'),
  pricedCalls: count,
  unpricedCalls: count,
});
export type Figures = z.infer<typeof figuresSchema>;

export const vendorSchema = vendorDeclarationSchema.extend(figuresSchema.shape).extend({
  id: z.string(),
  name: z.string(),
  company: z.string().nullable(),
  category: z.enum(VENDOR_CATEGORIES),
  logo: z.string().nullable(),
  listed: z.boolean().describe('Whether our catalogue or people here know it; else it goes by its domain'),
  shadow: z.boolean().describe('Seen and not approved'),
  hosts: z.array(z.object({ host: z.string(), service: z.string().nullable(), calls: count })),
  apps: z.array(z.object({ app: z.string().nullable(), calls: count })),
  countries: countriesSchema,
  firstSeen: micros.nullable(),
  lastSeen: micros.nullable(),
  first: z
    .object({
      call: count,
      app: z.string().nullable(),
      package: z.string().nullable(),
      callsite: z.string().nullable(),
    })
    .nullable()
    .describe('Who called it first'),
  urls: z.object({
    docs: z.string().nullable(),
    status: z.string().nullable(),
    dpa: z.string().nullable(),
    subprocessors: z.string().nullable(),
  }),
});
export type VendorRow = z.infer<typeof vendorSchema>;

export const vendorEndpointSchema = figuresSchema.extend({
  endpoint: z.string().describe('Method, templated path, and for RPC the operation'),
  host: z.string(),
  service: z.string().nullable(),
  learned: z.boolean().describe('Whether parts of the path were found to vary, rather than written down'),
  lastSeen: micros.nullable(),
});

export const headroomSchema = z.object({
  credential: z.string().nullable(),
  host: z.string(),
  resource: z.string(),
  unit: z.string(),
  limit: z.number().nullable(),
  remaining: z.number().nullable(),
  resetAt: micros.nullable(),
  window: z.number().nullable(),
  seenAt: micros.describe('When the vendor said so last'),
  /** What is left of it falls to nothing then if the last minutes go on; null when it does not. */
  exhaustedAt: micros.nullable(),
  throttled: count.describe('Refusals of the span'),
  throttles: z.array(z.object({ kind: z.enum(THROTTLES), calls: count })),
  history: z
    .array(z.object({ at: micros, limit: z.number().nullable(), lowest: z.number().nullable(), throttled: count }))
    .describe('By the minute, or by the hour for long spans: the least that was left'),
});
export type Headroom = z.infer<typeof headroomSchema>;

export const vendorPageSchema = vendorSchema.extend({
  endpoints: z.array(vendorEndpointSchema).describe('The most called first, 500 at most'),
  versions: z.array(
    z.object({ host: z.string(), version: z.string(), calls: count, firstSeen: micros, lastSeen: micros }),
  ),
  deprecations: z.array(
    deprecationSchema.extend({ host: z.string(), endpoint: z.string(), calls: count, lastSeen: micros }),
  ),
  callsites: z
    .array(
      z.object({
        app: z.string().nullable(),
        package: z.string().nullable(),
        callsite: z.string().nullable(),
        calls: count,
        lastSeen: micros,
      }),
    )
    .describe('Code that would break without it, the most calling first'),
  features: z.array(z.object({ tag: z.string(), value: z.string(), calls: count })).describe('By the tags of calls'),
  alternatives: z
    .array(z.object({ id: z.string(), name: z.string(), inUse: z.boolean() }))
    .describe('Others of its category'),
});
export type VendorPage = z.infer<typeof vendorPageSchema>;

const id = z.string().min(1).max(253);

/** Companies behind the hosts: what is seen of them, and what people decide. */
export const vendors = oc.tag('vendors').router({
  list: oc
    .route({
      method: 'GET',
      path: '/vendors',
      summary: 'List vendors',
      description: 'With what was called of them in a span of time.',
    })
    .input(z.object({ ...span, status: z.enum(VENDOR_STATUSES).optional() }))
    .output(
      z.object({
        vendors: z.array(vendorSchema),
        local: count.describe('Calls to this machine and private networks'),
        file: z.string().describe('vendors.yaml, which people edit'),
        problems: z
          .array(z.object({ line: count, column: count, says: z.string() }))
          .describe('Why the file in force is an earlier one'),
      }),
    ),

  get: oc
    .route({
      method: 'GET',
      path: '/vendors/{id}',
      summary: 'Show a vendor',
      description: 'Everything that is known of it in a span of time.',
    })
    .errors(vendorNotFound)
    .input(z.object({ id, ...span }))
    .output(vendorPageSchema),

  change: oc
    .route({
      method: 'PATCH',
      path: '/vendors/{id}',
      summary: 'Say something of a vendor',
      description: 'What is left out stays; `null` takes it away. Written to vendors.yaml, whose comments stay.',
    })
    .errors({ ...engineNotRunning, ...vendorNotFound, ...badVendor })
    .input(
      vendorDeclarationSchema.partial().extend({
        id,
        name: z.string().trim().min(1).max(200).optional(),
        category: z.enum(VENDOR_CATEGORIES).optional(),
      }),
    )
    .output(z.object({ id: z.string() })),

  assign: oc
    .route({
      method: 'POST',
      path: '/vendors/{id}/hosts',
      summary: 'Say whose a host is',
      description: 'A vendor that is not there yet is made.',
    })
    .errors({ ...engineNotRunning, ...badVendor })
    .input(
      z.object({
        id,
        name: z.string().trim().min(1).max(200).optional(),
        hosts: z.array(z.string().min(1).max(253)).min(1).max(100),
      }),
    )
    .output(z.object({ id: z.string() })),

  template: oc
    .route({
      method: 'POST',
      path: '/endpoints',
      summary: 'Correct an endpoint',
      description:
        'Says which parts of a path vary (`/v1/sites/{site}`), or that a path is one of its own (`keep`). Calls recorded before count by it too.',
    })
    .errors({ ...engineNotRunning, ...badVendor })
    .input(
      z.object({
        host: z.string().min(1).max(253),
        template: z.string().min(1).max(1000),
        keep: z.boolean().default(false),
      }),
    )
    .output(z.object({ changed: count.describe('Endpoints that count otherwise from now on') })),

  headroom: oc
    .route({
      method: 'GET',
      path: '/headroom',
      summary: 'What is left of vendors’ limits',
      description: 'As the vendors say, by credential, host and resource.',
    })
    .input(z.object({ ...span, vendor: id.optional() }))
    .output(z.object({ headroom: z.array(headroomSchema.extend({ vendor: z.string().nullable() })) })),
});
