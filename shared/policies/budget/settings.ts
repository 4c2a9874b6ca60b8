import { z } from 'zod';
import { money, share } from '../amounts.ts';
import { per } from '../counter-key.ts';
import { zoneName } from '../file/match-schema.ts';

/** What a budget says under `settings:`. Money in nano-dollars, shares as 0.8. */
export const budgetSettings = z
  .strictObject({
    limit: money().describe('Money for each period; at most so much is spent and reserved'),
    period: z
      .enum(['hour', 'day', 'week', 'month', 'total'])
      .default('month')
      .describe('By the calendar; total: once and for all'),
    startDay: z
      .number()
      .int()
      .min(1)
      .max(31)
      .default(1)
      .describe('Of a month the day it begins on (the vendor’s billing day), of a week the weekday (1 Monday)'),
    zone: zoneName.optional().describe('Whose clock counts: Europe/Vienna; left out: the file’s'),
    per: per().default([]),
    soft: share().optional().describe('From this share on calls still go, and are told of'),
    alerts: z
      .array(share())
      .max(20)
      .default([])
      .describe('Shares at which an alert opens, once in each period: [50%, 80%, 100%]'),
    unknownPrice: z
      .union([z.literal('allow'), z.literal('deny'), money()], {
        error: 'must be allow, deny, or an amount that is assumed: `0.01 USD`',
      })
      .default('allow')
      .describe('What becomes of a call whose price is not known before it leaves'),
    cut: z
      .boolean()
      .default(false)
      .describe('A stream may leave with what is left of the money, and is ended when that is used up'),
  })
  .superRefine(({ startDay, period }, context) => {
    if (period === 'week' && startDay > 7)
      context.addIssue({ code: 'custom', path: ['startDay'], message: 'a week begins on 1 (Monday) to 7 (Sunday)' });
  });

export type BudgetSettings = z.output<typeof budgetSettings>;
