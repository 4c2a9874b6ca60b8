import { z } from 'zod';

const count = z.number().int();
const micros = z.number().int();

/** An alert that opened, and what became of it. */
export const alertRowSchema = z.object({
  id: count,
  policy: z.string(),
  key: z.string(),
  state: z.enum(['open', 'acknowledged', 'closed']),
  openedAt: micros,
  closedAt: micros.nullable(),
  acknowledgedAt: micros.nullable(),
  acknowledgedBy: z.string().nullable(),
  value: z.number(),
  sentence: z.string(),
  owner: z.string().nullable(),
  deliveries: z.array(
    z.object({
      to: z.string().describe('`desktop`, a webhook’s host, a command’s name; never a secret'),
      state: z.enum(['waiting', 'delivered', 'failed']),
      tries: count,
      at: micros.nullable(),
      says: z.string().nullable(),
    }),
  ),
});
export type AlertRow = z.infer<typeof alertRowSchema>;
