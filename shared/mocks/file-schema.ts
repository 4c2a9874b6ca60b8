import { z } from 'zod';
import { DIALECTS, UNMATCHED } from './mock-set.ts';

/** A mock file as people write it. The sentences are what is said when something is wrong, and what editors show beside a key. */

const oneOf = <const Words extends readonly string[]>(words: Words): z.ZodEnum<{ [W in Words[number]]: W }> =>
  z.enum(words, `It is one of ${words.join(', ')}.`);
const text = z.string('It is a text.').max(16 * 1024 * 1024, 'It has at most 16 MiB.');
const whole = (least: number, most: number): z.ZodNumber =>
  z
    .number(`It is a whole number from ${least} to ${most}.`)
    .int('It is a whole number.')
    .min(least, `It is ${least} or more.`)
    .max(most, `It is ${most} or less.`);

/** Longer waits than an hour are no test. */
const ms = whole(0, 3_600_000);
const bytes = whole(0, 1_000_000_000);
const status = whole(200, 599);
/** YAML reads `10` and `true` as no texts; in a query or a header they are. */
const scalar = z
  .union([z.string(), z.number(), z.boolean()], 'It is a text.')
  .transform((value) => String(value))
  .pipe(z.string().max(100_000, 'It has at most 100,000 characters.'));
/** Other characters cannot be written into a head. */
const headerValue = scalar.refine(
  (value) => /^[\t\x20-\x7e\x80-\xff]*$/.test(value),
  'It has no line breaks, and no characters beyond Latin-1.',
);
const headerName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}$/, 'A header’s name has no spaces or colons.');
const method = z.string('It is a method, like GET.').regex(/^[A-Za-z-]{1,32}$/, 'It is a method, like GET.');

const matchShape = {
  method: z
    .union([method, z.array(method).min(1)], 'It is a method or a list of methods.')
    .optional()
    .describe('One method, or several'),
  host: z
    .string('It is a host, like api.example.com or *.example.com.')
    .regex(
      /^(?:\[[0-9a-fA-F:.]+\]|[^\s/:[\]]{1,253})(?::\d{1,5})?$/,
      'It is a host, like api.example.com or *.example.com.',
    )
    .optional()
    .describe('Without a port any will do'),
  path: z
    .string('It is a path.')
    .max(4000, 'It has at most 4,000 characters.')
    .regex(/^(?:\/|\*)[^?#]*$/, 'It begins with a slash and has no query: that has a key of its own.')
    .optional()
    .describe('{name} stands for one part, * within a part, ** for many'),
  query: z
    .record(z.string(), scalar, 'It is a map of parameters.')
    .optional()
    .describe('Parameters that have to be there'),
  headers: z.record(headerName, scalar, 'It is a map of headers.').optional().describe('Headers that have to be there'),
  body: z.json().optional().describe('Part of the body as JSON'),
};

const piece = z.strictObject(
  {
    text: text.optional(),
    event: z.string().optional().describe('Name of a server-sent event'),
    data: z.json().optional().describe('Data of a server-sent event: a text, or JSON'),
    afterMs: ms.default(0).describe('Milliseconds after the piece before'),
  },
  'It is a piece of the stream.',
);

const bodyShape = {
  json: z.json().optional(),
  body: text.optional().describe('As text'),
  base64: text.regex(/^[A-Za-z0-9+/\s]*={0,2}\s*$/, 'It is base64.').optional(),
  file: z.string('It is a path.').min(1).max(4000).optional().describe('Beside this file, or absolute'),
  stream: z.array(piece, 'It is a list of pieces.').max(100_000).optional(),
};

const answerShape = {
  status: status.default(200),
  headers: z
    .record(headerName, z.union([headerValue, z.array(headerValue)]), 'It is a map of headers.')
    .optional()
    .describe('What frames the body (Content-Length, Transfer-Encoding, Connection) is made by us'),
  ...bodyShape,
  tookMs: ms.optional().describe('How long the recorded answer took'),
};
const oneBody = (given: { [Name in keyof typeof bodyShape]?: unknown }): boolean =>
  Object.keys(bodyShape).filter((name) => given[name as keyof typeof bodyShape] !== undefined).length <= 1;
const ONE_BODY = 'A body is said once: json, body, base64, file or stream.';
const answer = z.strictObject(answerShape, 'It is an answer.').refine(oneBody, ONE_BODY);

const strikesShape = {
  probability: z.number('It is a share from 0 to 1.').min(0, 'It is 0 or more.').max(1, 'It is 1 or less.').optional(),
  every: whole(1, 1_000_000).optional().describe('Every Nth request of this mock'),
  first: whole(1, 1_000_000).optional().describe('Only the first N requests of this mock'),
};
const fault = <const Kind extends string, Shape extends z.ZodRawShape>(kind: Kind, shape: Shape) =>
  z.strictObject({ kind: z.literal(kind), ...strikesShape, ...shape });
const kinds = [
  fault('delay', { ms }),
  fault('reset', { afterBytes: bytes.optional() }),
  fault('truncate', { afterBytes: bytes.default(0) }),
  fault('status', { status, json: bodyShape.json, body: bodyShape.body }),
  fault('slow-body', { bytesPerSecond: whole(1, 1_000_000_000) }),
  fault('malformed-json', {}),
  fault('rate-limit', {
    dialect: oneOf(DIALECTS).optional(),
    retryAfter: whole(0, 86_400).default(1).describe('Seconds'),
  }),
] as const;
const faultSchema = z
  .discriminatedUnion('kind', kinds, {
    error: (issue) =>
      issue.code === 'invalid_union'
        ? 'Its “kind” is one of delay, reset, truncate, status, slow-body, malformed-json, rate-limit.'
        : undefined,
  })
  .refine(
    (given) => [given.probability, given.every, given.first].filter((one) => one !== undefined).length <= 1,
    'It says once how often it strikes: probability, every or first.',
  );

const LATENCY = 'It is recorded, milliseconds like 200, or a range like 100-300.';
const latency = z
  .union([z.literal('recorded'), ms, z.string().regex(/^\d{1,7}-\d{1,7}$/, LATENCY)], LATENCY)
  .describe('recorded, milliseconds, or a range like 100-300');

const mockShape = {
  id: z
    .string('It is a text.')
    .regex(/^[A-Za-z0-9][\w.-]{0,79}$/, 'It has letters, digits, dots, hyphens and underscores, at most 80.'),
  match: z.strictObject(matchShape, 'It is a map of what a request has to be.').default({}),
  answer: answer.optional(),
  answers: z.array(answer, 'It is a list of answers.').min(1, 'It has at least one.').max(10_000).optional(),
  repeat: oneOf(['last', 'all'])
    .default('last')
    .describe('What comes after the last answer: the last again, or all from the first on'),
  latency: latency.optional(),
  faults: z.array(faultSchema, 'It is a list of faults.').max(100).optional(),
};
const mock = z
  .strictObject(mockShape, 'It is a mock.')
  .refine(
    (given) => given.answer === undefined || given.answers === undefined,
    'It has one “answer” or several “answers”, not both.',
  );

const setShape = {
  name: z.string('It is a text.').min(1).max(200).optional(),
  unmatched: oneOf(UNMATCHED).optional().describe('What becomes of calls that nothing matches'),
  mocks: z.array(mock, 'It is a list of mocks.').max(10_000),
};
export const mockFileSchema = z.strictObject(setShape, 'It is a map with “mocks”.');
export type MockFile = z.infer<typeof mockFileSchema>;
export type WrittenMock = z.input<typeof mockFileSchema>['mocks'][number];
export type WrittenAnswer = z.input<typeof answer>;

/** The keys that may stand at a place of the file. */
export function keysAt(place: readonly PropertyKey[]): string[] {
  if (place.length === 0) return Object.keys(setShape);
  const [, , part] = place;
  if (place.length === 2) return Object.keys(mockShape);
  if (part === 'match') return Object.keys(matchShape);
  if (part === 'answer' || part === 'answers') return Object.keys(place.includes('stream') ? piece.shape : answerShape);
  return [];
}
