import { z } from 'zod';
import { MATCH_FIELDS, type Match, type MatchField, type TimeOfWeek } from '../../model/policy.ts';
import { isTimeZone } from '../calendar.ts';
import { compileWhen, WHEN_WORDS } from '../match/when.ts';

/** One pattern, or several of which any fits. */
const patterns = z
  .union(
    [
      z.string().min(1),
      z.number(),
      z.boolean(),
      z
        .array(z.union([z.string().min(1), z.number()]))
        .min(1)
        .max(1000),
    ],
    {
      error: 'must be a text or a list of texts; `*` stands for anything, `!` in front takes out',
    },
  )
  .transform((written) => (Array.isArray(written) ? written : [written]).map(String));

const DAY_NAMES = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** `mon-fri`, `sat, sun`, `fri-mon`: 1 Monday … 7 Sunday; null where it is none. */
export function readDays(text: string): number[] | null {
  const days = new Set<number>();
  for (const part of text.toLowerCase().split(/[\s,]+/)) {
    if (part === '') continue;
    const ends = part
      .split('-')
      .map((name) => DAY_NAMES.findIndex((day) => name.length >= 3 && LONG[day].startsWith(name)) + 1);
    const [from = 0, until = from] = ends;
    if (from === 0 || until === 0 || ends.length > 2) return null;
    for (let day = from; ; day = (day % 7) + 1) {
      days.add(day);
      if (day === until) break;
    }
  }
  return days.size === 0 ? null : [...days].sort((a, b) => a - b);
}

const LONG = {
  mon: 'monday',
  tue: 'tuesday',
  wed: 'wednesday',
  thu: 'thursday',
  fri: 'friday',
  sat: 'saturday',
  sun: 'sunday',
} as const;

const days = z
  .union([z.string(), z.array(z.string())], { error: 'must be days: mon-fri, or [sat, sun]' })
  .transform((written, context) => {
    const text = Array.isArray(written) ? written.join(',') : written;
    const read = readDays(text);
    if (read !== null) return read;
    context.addIssue({ code: 'custom', message: `\`${text.slice(0, 60)}\` is no days; write mon-fri, or [sat, sun]` });
    return z.NEVER;
  });

const clock = z.string({ error: 'must be a time of day in quotes: "09:00"' }).transform((text, context) => {
  const [, hours, minutes = '0'] = /^(\d{1,2}):(\d{2})$/.exec(text.trim()) ?? [];
  const minute = Number(hours) * 60 + Number(minutes);
  if (hours !== undefined && Number(minutes) < 60 && minute <= 1440) return minute;
  context.addIssue({
    code: 'custom',
    message: `\`${text.slice(0, 60)}\` is no time of day; write "09:00", at most "24:00"`,
  });
  return z.NEVER;
});

export const zoneName = z.string({ error: 'must be the name of a time zone: Europe/Vienna' }).refine(isTimeZone, {
  error: ({ input }) =>
    `\`${String(input).slice(0, 60)}\` is no time zone; write one like Europe/Vienna, America/New_York or UTC`,
});

const time = z
  .strictObject({
    days: days.optional().describe('mon-fri, or [sat, sun]; left out: every day'),
    from: clock.optional().describe('"09:00"; left out: midnight'),
    until: clock.optional().describe('"18:00"; before `from`: on the next day'),
    zone: zoneName.optional().describe('Left out: of the file'),
  })
  .transform((written): TimeOfWeek => ({
    days: written.days ?? [],
    from: written.from ?? 0,
    until: written.until ?? 1440,
    zone: written.zone ?? null,
  }));

/** CEL, compiled to see that it is right. Where the mistake is stands in `params`. */
export const whenText = z
  .string({ error: 'must be an expression in CEL: \'request.path.startsWith("/v1/")\'' })
  .superRefine((text, context) => {
    const compiled = compileWhen(text);
    if (!('mistake' in compiled)) return;
    const { says, at, end } = compiled.mistake;
    const near = text.slice(at, Math.max(end, at + 1)).slice(0, 40);
    context.addIssue({
      code: 'custom',
      message: `${says}${near === '' ? '' : ` (at letter ${at + 1}: \`${near}\`)`}`,
      params: { at, end },
    });
  });

const FIELD_WORDS: Readonly<Record<MatchField, string>> = {
  app: 'Program that makes the call',
  process: 'Name of its executable',
  package: 'npm package that makes the call',
  vendor: 'As in the catalogue: openai, stripe',
  service: 'One of its APIs',
  category: 'ai, payments …',
  status: 'new, known, approved, deprecated, blocked',
  endpoint: 'POST /v1/charges/*, or only the path; * is one segment, ** many',
  method: 'GET, POST …',
  scheme: 'http, https; tcp and tls: tunnels that are not read',
  host: 'api.openai.com, *.openai.com',
  path: '/v1/*; * is one segment, ** many',
  credential: 'Fingerprint of the secret, as calls show it',
  country: 'AT, US …',
  data: 'Classes of data that the vendor gets',
  model: 'gpt-5*, as the request names it',
  environment: 'production …, as the program says',
  source: 'proxy, agent, gateway, replay, import',
};

/** `match:`: all that is said must fit. */
export const matchSchema = z
  .strictObject({
    ...(Object.fromEntries(
      MATCH_FIELDS.map((field) => [field, patterns.optional().describe(FIELD_WORDS[field])]),
    ) as Record<MatchField, z.ZodOptional<typeof patterns>>),
    header: z.record(z.string().min(1), patterns).optional().describe('By name: { x-team: billing }'),
    tag: z.record(z.string().min(1), patterns).optional().describe('By name: { tenant: acme }'),
    time: z
      .union([time, z.array(time)], {
        error: 'must be { days: mon-fri, from: "09:00", until: "18:00" }, or a list of such',
      })
      .optional()
      .describe('When it counts'),
    when: whenText.optional().describe(`CEL, for what the rest cannot say.\n${WHEN_WORDS}`),
  })
  .transform(({ header, tag, time: times, when, ...fields }): Match => ({
    fields: Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)),
    headers: header ?? {},
    tags: tag ?? {},
    times: times === undefined ? [] : Array.isArray(times) ? times : [times],
    when: when ?? null,
  }));

export const EVERY_CALL: Match = { fields: {}, headers: {}, tags: {}, times: [], when: null };
