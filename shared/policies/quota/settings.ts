import { z } from 'zod';
import type { Match } from '../../model/policy.ts';
import { readSize, share } from '../amounts.ts';
import { per } from '../counter-key.ts';
import { EVERY_CALL, matchSchema, zoneName } from '../file/match-schema.ts';

/** A part of a quota: whose it is, and how much. Shares of tiers inside of a tier are of its share. */
export interface Tier {
  name: string;
  match: Match;
  share: number;
  borrow: boolean | null;
  tiers: readonly Tier[];
}

const tier: z.ZodType<Tier> = z.lazy(() =>
  z
    .strictObject({
      name: z.string().min(1).max(100).describe('Stands in decisions and counters'),
      match: matchSchema.optional().describe('Which calls it is for; the first tier that fits counts'),
      share: share().describe('Of the quota, or of the tier that it stands in'),
      borrow: z
        .boolean()
        .optional()
        .describe('It may use what others leave as the period passes; left out: as the quota says'),
      tiers: tiersOf().optional().describe('Parts of its share'),
    })
    .transform(({ name, match, share: part, borrow, tiers }): Tier => ({
      name,
      match: match ?? EVERY_CALL,
      share: part,
      borrow: borrow ?? null,
      tiers: tiers ?? [],
    })),
);

function tiersOf() {
  return z
    .array(tier)
    .max(50)
    .superRefine((tiers, context) => {
      const sum = tiers.reduce((all, one) => all + one.share, 0);
      if (sum > 1 + 1e-9)
        context.addIssue({
          code: 'custom',
          message: `the shares are ${Number((sum * 100).toFixed(2))}% together; at most 100% can be given away`,
        });
      const names = new Set<string>();
      for (const [index, { name }] of tiers.entries()) {
        if (names.has(name))
          context.addIssue({ code: 'custom', path: [index, 'name'], message: `\`${name}\` is there twice` });
        names.add(name);
      }
    });
}

/** A class of calls for which a share of the quota is kept free. */
export interface PriorityClass {
  name: string;
  /** Null: calls that name it (`by`). */
  match: Match | null;
  kept: number;
}

const classes = z
  .union(
    [
      z
        .record(z.string().min(1), share())
        .transform((written): PriorityClass[] =>
          Object.entries(written).map(([name, kept]) => ({ name, match: null, kept })),
        ),
      z.array(
        z
          .strictObject({ name: z.string().min(1), match: matchSchema.optional(), kept: share() })
          .transform(({ name, match, kept }): PriorityClass => ({ name, match: match ?? null, kept })),
      ),
    ],
    { error: 'must be shares by name, { critical: 20% }, or a list of { name, match, kept }' },
  )
  .superRefine((written, context) => {
    const sum = written.reduce((all, one) => all + one.kept, 0);
    if (sum > 1 + 1e-9)
      context.addIssue({ code: 'custom', message: 'at most 100% can be kept free, all classes together' });
  });

/** What a quota says under `settings:`. */
export const quotaSettings = z
  .strictObject({
    limit: z
      .union([z.number().positive(), z.string()])
      .transform((written, context) => {
        const read = typeof written === 'number' ? written : readSize(written);
        if (read !== null && read > 0) return read;
        context.addIssue({ code: 'custom', message: 'must be a number above 0; of bytes a size will do: 10 GB' });
        return z.NEVER;
      })
      .describe('So much for each period; of bytes a size: 10 GB'),
    unit: z
      .string()
      .min(1)
      .default('calls')
      .describe('calls, tokens, bytes (both ways), or a unit that vendors charge for: sms_segment, email, images …'),
    period: z.enum(['hour', 'day', 'week', 'month']).default('month').describe('By the calendar'),
    startDay: z
      .number()
      .int()
      .min(1)
      .max(31)
      .default(1)
      .describe('Of a month the day it begins on (the vendor’s billing day), of a week the weekday (1 Monday)'),
    zone: zoneName.optional().describe('Whose clock counts: Europe/Vienna; left out: the file’s'),
    per: per().default([]),
    tiers: tiersOf().default([]).describe('Who gets which share'),
    borrow: z.boolean().default(false).describe('Tiers may use what others leave as the period passes'),
    classes: classes.default([]).describe('Shares that are kept free for important calls, the most important first'),
    by: z
      .string()
      .default('tag.priority')
      .transform((field) => field.replace(/^by\s+/, ''))
      .describe('Where calls name their class'),
    unknown: z
      .union([z.literal('allow'), z.literal('deny'), z.number().positive()], {
        error: 'must be allow, deny, or an amount that is assumed',
      })
      .default('allow')
      .describe('What becomes of a call of which is not known before it leaves how much it uses (tokens, units)'),
  })
  .superRefine(({ startDay, period, by }, context) => {
    if (period === 'week' && startDay > 7)
      context.addIssue({ code: 'custom', path: ['startDay'], message: 'a week begins on 1 (Monday) to 7 (Sunday)' });
    if (!per().safeParse([by]).success)
      context.addIssue({
        code: 'custom',
        path: ['by'],
        message: `calls have no \`${by.slice(0, 60)}\`; write tag.NAME or a field`,
      });
  });

export type QuotaSettings = z.output<typeof quotaSettings>;
