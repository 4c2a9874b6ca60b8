import { z } from 'zod';

const count = z.number().int();
const micros = z.coerce.number<number>().int().min(0).describe('Microseconds since the Unix epoch');

/** Which decisions are asked for. */
export const decisionsAskedSchema = z.object({
  since: micros,
  until: micros,
  steps: z.coerce.number<number>().int().min(1).max(500).default(60),
  policy: z.string().optional().describe('Only what this one said'),
});

/** What policies decided: sums, and over time. */
export const decisionsSchema = z.object({
  step: count,
  rows: z.array(
    z.object({
      policy: z.string(),
      verdict: z.string(),
      app: z.string().nullable(),
      host: z.string(),
      calls: count,
      waitUs: z.number(),
    }),
  ),
  series: z.array(z.object({ start: z.number().int(), verdict: z.string(), calls: count })),
});
