import { z } from 'zod';

/**
 * Every way a question can be refused: a code to switch on, data to act on, a sentence to show.
 * Failures of calls are not refusals: they are data on the call.
 */
export const badQuery = {
  BAD_QUERY: {
    status: 400,
    message: 'The filter cannot be read.',
    data: z.object({
      start: z.number().describe('Where the mistake begins, in UTF-16 units'),
      end: z.number().describe('Where it ends, exclusive'),
      expected: z.array(z.string()).describe('What could stand there instead'),
      suggestion: z.string().nullable().describe('Text that would make sense in its place'),
    }),
  },
} as const;

export const callNotFound = {
  CALL_NOT_FOUND: { status: 404, message: 'There is no such call.', data: z.object({ id: z.number() }) },
} as const;

export const bodyNotKept = {
  BODY_NOT_KEPT: {
    status: 404,
    message: 'The body was not kept.',
    data: z.object({
      id: z.number(),
      side: z.enum(['request', 'response']),
      wireBytes: z.number().describe('How many bytes went over the wire'),
    }),
  },
} as const;

export const engineNotRunning = {
  ENGINE_NOT_RUNNING: {
    status: 503,
    message: 'No engine runs on this data folder; this needs one. Start it with: sallyport serve',
  },
} as const;

export const snippetNotKnown = {
  SNIPPET_NOT_KNOWN: { status: 404, message: 'There is no such form of code.' },
} as const;

export const jobNotFound = {
  JOB_NOT_FOUND: { status: 404, message: 'There is no such job.', data: z.object({ id: z.number() }) },
} as const;

export const badSettings = {
  BAD_SETTINGS: {
    status: 400,
    message: 'A setting cannot be used.',
    data: z.object({
      problems: z.array(
        z.object({ path: z.string().describe('Name of the setting, parts joined by dots'), says: z.string() }),
      ),
    }),
  },
} as const;

export const cannotDo = {
  CANNOT_DO: {
    status: 409,
    message: 'This cannot be done here.',
    data: z.object({ why: z.string(), remedy: z.string().describe('What to do instead') }),
  },
} as const;

export const appNotFound = {
  APP_NOT_FOUND: {
    status: 404,
    message: 'There is no such app, name or secret.',
    data: z.object({ name: z.string() }),
  },
} as const;

export const badApp = {
  BAD_APP: {
    status: 409,
    message: 'This cannot be said of the app.',
    data: z.object({ why: z.string(), remedy: z.string() }),
  },
} as const;

export const vendorNotFound = {
  VENDOR_NOT_FOUND: { status: 404, message: 'There is no such vendor.', data: z.object({ id: z.string() }) },
} as const;

const why = z.object({ why: z.string(), remedy: z.string() });

export const badVendor = {
  BAD_VENDOR: { status: 409, message: 'This cannot be said of the vendor.', data: why },
} as const;

export const badCosts = {
  BAD_COSTS: { status: 400, message: 'This question about costs cannot be answered.', data: why },
} as const;

export const badMap = {
  BAD_MAP: { status: 400, message: 'The map cannot be exported so.', data: why },
} as const;

export const policyNotFound = {
  POLICY_NOT_FOUND: { status: 404, message: 'There is no such policy, version, alert or waiting call.' },
} as const;

export const policiesChanged = {
  POLICIES_CHANGED: {
    status: 409,
    message: 'The policy file was changed meanwhile. Look at it again, then make the change again.',
    data: z.object({ version: z.number().int().describe('The newest') }),
  },
} as const;

export const badPolicies = {
  BAD_POLICIES: {
    status: 400,
    message: 'The policies cannot be used.',
    data: z.object({
      problems: z.array(z.object({ line: z.number().int(), column: z.number().int(), says: z.string() })),
    }),
  },
} as const;

export const badWhatIf = {
  BAD_WHAT_IF: {
    status: 400,
    message: 'This cannot be tried on recorded calls.',
    data: z.object({ why: z.string(), remedy: z.string() }),
  },
} as const;

export const requestNotFound = {
  REQUEST_NOT_FOUND: { status: 404, message: 'There is no such saved request.', data: z.object({ name: z.string() }) },
} as const;

export const cannotSend = {
  CANNOT_SEND: {
    status: 409,
    message: 'The draft cannot be sent as it is.',
    data: z.object({
      problems: z.array(z.object({ place: z.string(), kind: z.string(), says: z.string() })),
      questions: z.array(z.object({ reason: z.string(), says: z.string(), nanoUsd: z.number().nullable() })),
    }),
  },
} as const;
