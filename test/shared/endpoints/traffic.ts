/** Calls as programs make them, made out of path templates. The same seed makes the same calls. */
export interface Call {
  family: string;
  method: string;
  path: string;
  /** What it is a call of. */
  operation: string;
}

export type Dice = () => number;

/** mulberry32. */
export function createDice(seed: number): Dice {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface Template {
  method: string;
  template: string;
}

/** Templates by family: `# name`, then lines of a method and a path. */
export function readFamilies(text: string): Map<string, Template[]> {
  const families = new Map<string, Template[]>();
  let list: Template[] = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('# ')) families.set(line.slice(2), (list = []));
    else if (line !== '') {
      const space = line.indexOf(' ');
      list.push({ method: line.slice(0, space), template: line.slice(space + 1) });
    }
  }
  return families;
}

const words = (text: string): string[] => text.split(' ');
const PEOPLE = words(
  'alice bob carol dmitri erin farouk grace heidi ivan judy mallory niaj olivia peggy rupert sybil trent victor walter yasmin',
);
const COMPANIES = words('acme initech globex umbrella hooli vandelay wonka stark wayne cyberdyne soylent tyrell');
const THINGS = words(
  'billing web storefront payments-api checkout landing docs infra mobile data-pipeline search-indexer auth worker my-app notifications shop-frontend legacy-erp ml-models website sandbox',
);
const TITLES = words(
  'how-we-ship-faster hello-world black-friday-recap pricing-update meet-the-team our-new-office a-guide-to-webhooks why-sqlite spring-release security-notice moving-to-europe faq',
);
const MODELS = words(
  'gpt-4o gpt-4o-mini gpt-5 gemini-2.5-flash gemini-2.5-pro claude-sonnet-4-5 claude-3-5-haiku-20241022 text-embedding-3-small',
);
const PACKAGES = words(
  'react express lodash vite zod @types%2Fnode left-pad chalk undici commander pino fastify eslint typescript next',
);
const PROJECTS = words('PAY OPS WEB INFRA CORE');
const HEX = '0123456789abcdef';
const DIGITS = '0123456789';
const CAPITALS = 'ABCDEFGHJKLMNPQRSTUVWXYZ0123456789';
const ALL = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

const text = (dice: Dice, chars: string, length: number): string =>
  Array.from({ length }, () => chars[Math.floor(dice() * chars.length)]).join('');
const pick = (dice: Dice, list: readonly string[]): string => list[Math.floor(dice() * list.length)]!;
const uuid = (dice: Dice): string => [8, 4, 4, 4, 12].map((length) => text(dice, HEX, length)).join('-');
const number = (dice: Dice): string => String(1 + Math.floor(dice() ** 3 * 10 ** (3 + Math.floor(dice() * 8))));
const two = (value: number): string => String(1 + Math.floor(value)).padStart(2, '0');

/** How ids of a family look: each API has its own. */
function idOf(family: string, name: string, dice: Dice): string {
  switch (family) {
    case 'stripe':
      return `${name.slice(0, 3).toLowerCase()}_${text(dice, ALL, 14 + Math.floor(dice() * 10))}`;
    case 'twilio':
      return `${text(dice, 'ACMPNSV', 2)}${text(dice, HEX, 32)}`;
    case 'openai':
    case 'anthropic':
      return `${pick(dice, ['file', 'msgbatch', 'ft', 'asst'])}-${text(dice, ALL, 24)}`;
    case 'spotify':
    case 'figma':
      return text(dice, ALL, 22);
    case 'salesforce':
      return `0015${text(dice, ALL, 14)}`;
    case 'trello':
      return text(dice, HEX, 24);
    case 'notion':
    case 'digitalocean':
    case 'airbyte':
      return dice() < 0.5 ? uuid(dice) : number(dice);
    case 'cloudflare':
      return text(dice, HEX, 32);
    case 'square':
    case 'paypal':
    case 'pagerduty':
      return text(dice, CAPITALS, family === 'pagerduty' ? 7 : 17);
    case 'googledrive':
    case 'googlecalendar':
      return text(dice, `${ALL}_-`, 33);
    default:
      return number(dice);
  }
}

/** What parameters hold, by their names; the first that fits. */
const BY_NAME: readonly [name: RegExp, value: (dice: Dice, family: string, name: string) => string][] = [
  [/uuid|encoded_id$/, uuid],
  [/e-?mail/, (dice) => `${pick(dice, PEOPLE)}@${pick(dice, COMPANIES)}.com`],
  [/^calendarid$/, (dice) => `${pick(dice, PEOPLE)}@group.calendar.google.com`],
  [/^(?:date|day)$|_date$/, (dice) => `2026-${two(dice() * 12)}-${two(dice() * 28)}`],
  [/^year$/, (dice) => String(2019 + Math.floor(dice() * 8))],
  [/month/, (dice) => String(1 + Math.floor(dice() * 12))],
  [/sha|hash|commit$/, (dice) => text(dice, HEX, 40)],
  [/^(?:page|post)_slug$/, (dice) => pick(dice, TITLES)],
  [/^(?:file|component)_key$/, (dice) => text(dice, ALL, 22)],
  [
    /model/,
    (dice, family) =>
      family === 'bedrock'
        ? `${pick(dice, ['anthropic', 'amazon', 'meta'])}.${pick(dice, MODELS)}-v1:0`
        : pick(dice, MODELS),
  ],
  [/^package/, (dice) => pick(dice, PACKAGES)],
  [/locale|lang/, (dice) => pick(dice, ['en-us', 'de', 'fr-fr', 'es', 'ja', 'pt-br'])],
  [/country/, (dice) => pick(dice, ['US', 'DE', 'FR', 'GB', 'JP'])],
  [/user_?name|login|actor|^owner$|selected_user|^user$/, (dice) => pick(dice, PEOPLE)],
  [/^(?:org|workspace|namespace|account_slug|team_slug|tenant)$/, (dice) => pick(dice, COMPANIES)],
  [/(?:domain|host)_?name|^domain$/, (dice) => `${pick(dice, THINGS)}.${pick(dice, COMPANIES)}.com`],
  [/arn/, (dice) => `arn:aws:lambda:eu-west-1:${text(dice, DIGITS, 12)}:function:${pick(dice, THINGS)}`],
  [/token|secret$/, (dice) => text(dice, ALL, 40)],
  [/issueidorkey/, (dice) => `${pick(dice, PROJECTS)}-${number(dice)}`],
  [/projectidorkey/, (dice) => pick(dice, PROJECTS)],
  [/number|version/, number],
  [
    /name|slug|^repo$|key$|branch|^ref$|tag$|label|scope|env|bucket|^project$|layer|function/,
    (dice) => pick(dice, THINGS),
  ],
];

/** What a program puts for a parameter of this name. */
function valueOf(family: string, parameter: string, dice: Dice): string {
  const name = parameter.toLowerCase();
  const found = BY_NAME.find(([pattern]) => pattern.test(name));
  return found ? found[1](dice, family, parameter) : idOf(family, parameter, dice);
}

/** `each` calls of every operation of a family. */
export function callsOf(family: string, templates: readonly Template[], each: number, dice: Dice): Call[] {
  const calls: Call[] = [];
  for (const { method, template } of templates)
    for (let n = 0; n < each; n += 1)
      calls.push({
        family,
        method,
        operation: `${method} ${template.replace(/\{[^}]*\}/g, '{}')}`,
        path: template.replace(/\{([^}]*)\}/g, (_, parameter: string) => valueOf(family, parameter, dice)),
      });
  return calls;
}

export function shuffle<T>(list: readonly T[], dice: Dice): T[] {
  const shuffled = [...list];
  for (let at = shuffled.length - 1; at > 0; at -= 1) {
    const other = Math.floor(dice() * (at + 1));
    [shuffled[at], shuffled[other]] = [shuffled[other]!, shuffled[at]!];
  }
  return shuffled;
}
