import { formatMoney } from '../../shared/format/money.ts';
import { countOf, formatCount } from '../../shared/format/quantities.ts';

/** What calls cost. */
export const costs = {
  title: 'Costs',
  look: 'What to show',
  tabs: { table: 'Breakdown', waste: 'Waste', prices: 'Prices' },
  range: 'Time span',
  ranges: { '24h': '24 hours', '7d': '7 days', month: 'This month', '30d': '30 days', all: 'All time' },
  chosenRange: (from: string, to: string) => `${from} – ${to}`,
  clearRange: 'Back to the last 30 days',
  by: (what: string) => `by ${what}`,
  byLabel: 'Tell costs apart by',
  dimension: (name: string) => DIMENSION[name] ?? name.replace(/^tag:/, 'tag '),
  unknownValue: (dimension: string) =>
    dimension.startsWith('tag:') ? 'not tagged' : dimension === 'model' ? 'without a model' : 'not known',
  provenance: (value: string) => PROVENANCE[value] ?? value,
  column: {
    name: 'Name',
    cost: 'Cost',
    share: 'Share',
    calls: 'Calls',
    sure: 'How sure',
    perCall: 'Per call',
    input: 'Read',
    cached: 'From cache',
    output: 'Written',
  },
  /** `680.5M`: where there is room for a glance only. */
  short: (count: number) => {
    for (const [unit, factor] of [
      ['G', 1e9],
      ['M', 1e6],
      ['k', 1e3],
    ] as const)
      if (count >= Math.max(10_000, factor * 0.9995)) return `${Number((count / factor).toPrecision(3))}${unit}`;
    return formatCount(count);
  },
  tokensTip: {
    input: 'Tokens read, cache included',
    cached: 'Share of them from cache',
    output: 'Tokens written, reasoning included',
  },
  spoken: (name: string, cost: string, calls: number) => `${name}, ${cost}, ${countOf(calls, 'call')}`,
  known: 'known',
  nothingKnown: 'Nothing known',
  unknown: 'unknown',
  unknownCalls: (count: number) => `${countOf(count, 'call')} of unknown cost`,
  unknownShort: (count: number) => `${formatCount(count)} unknown`,
  estimated: (nano: number) => `${formatMoney(nano)} estimated`,
  allEstimated: 'estimated',
  sureAll: 'all known',
  notMetered: 'costs nothing known',
  money: (nano: number | null, estimated = 0) =>
    nano === null ? 'unknown' : `${estimated > 0 ? '~' : ''}${formatMoney(nano)}`,
  before: 'against the span before',
  change: (share: number) =>
    `${share > 0 ? '+' : '−'}${Math.abs(share) < 0.1 ? (Math.abs(share) * 100).toFixed(1) : Math.round(Math.abs(share) * 100)} %`,
  none: '–',
  chart: 'Known cost',
  table: 'Known cost over time',
  showTable: 'Show the table behind the chart',
  hideTable: 'Show the chart again',
  others: 'others',
  breakdown: 'Breakdown',
  drillInto: (name: string) => `Show what ${name} is made of`,
  all: 'all',
  path: 'What the breakdown is of',
  copy: 'Copy as a table',
  units: 'Unit costs',
  unit: { call: 'per call', tokens: 'per 1,000 tokens', user: (users: number) => `per user, of ${formatCount(users)}` },
  month: 'Where the month is heading',
  forecast: (day: string) => `expected by ${day}`,
  forecastBand: (low: number, high: number) => `${formatMoney(low)} to ${formatMoney(high)}`,
  soFar: (nano: number) => `${formatMoney(nano)} so far`,
  forecastDays: (days: number) => `from ${countOf(days, 'day')}`,
  noForecast: 'Too few days to say yet.',
  forecastBar: (soFar: string, expected: string) => `${soFar} of ${expected} expected is spent`,
  movers: 'Largest changes',
  noMovers: 'Nothing changed against the span before.',
  moved: (from: number, to: number) => `from ${formatMoney(from)} to ${formatMoney(to)}`,
  newHere: 'new',
  emptyTitle: 'No call in this time is known to cost anything',
  emptySays:
    'Tokens of language models and units of other services are read from answers as they pass. Prices that nobody published go into prices.yaml in the data folder.',
  emptyAction: 'Look at all time',
  failed: 'The costs could not be read',
  waste: 'What could be saved',
  wasteLooked: (calls: number, complete: boolean) =>
    complete
      ? `Looked at all ${countOf(calls, 'call')} of this time.`
      : `Looked at the newest ${countOf(calls, 'call')}; there are more.`,
  wasteNone: 'Nothing found',
  wasteNoneSays: 'No retries paid twice, no prompt sent twice, no answer cut short, no limit far above its answers.',
  wasteKind: {
    retries: 'Retries that were paid',
    duplicates: 'The same prompt again',
    oversize: 'A larger model than needed',
    cut: 'Answers cut short',
    'max-tokens': 'Room for answers never used',
    cacheable: 'Answers that could be kept',
  },
  wasteGroups: 'Where',
  wasteExamples: 'Calls, for example',
  callNumber: (id: number) => `call ${id}`,
  wasteUnknown: 'not known in money',
  prices: 'Prices in force',
  priceFile: (path: string) => `Your own are kept in ${path}`,
  priceColumn: {
    vendor: 'Vendor',
    model: 'Model or service',
    what: 'What',
    price: 'Price',
    from: 'From',
    source: 'Source',
    calls: 'Calls',
  },
  perMillion: 'per million',
  perOne: 'each',
  since: (day: string) => day,
  noPrices: 'No call of this time was priced.',
  versions: 'Versions',
  problemsTitle: (count: number) =>
    `prices.yaml has ${count === 1 ? 'a mistake' : `${formatCount(count)} mistakes`}; what it said before is in force`,
  problemAt: (line: number, column: number) => `line ${line}, column ${column}`,
  contracts: 'Contracts',
  noContracts: 'None is written down in prices.yaml.',
  contractUsed: (used: string, of: string) => `${used} of ${of} used`,
  contractSpan: (from: string | null, until: string | null) =>
    [from !== null && `from ${from}`, until !== null && `until ${until}`].filter(Boolean).join(' '),
  reprice: 'Price anew…',
  repriceTitle: 'Price the calls of this time anew',
  repriceSays:
    'By the prices of now, each call by the price of its own day. Nothing is written before you have seen the difference.',
  repriceLooking: 'Pricing…',
  repriceNone: (looked: number) => `Of ${countOf(looked, 'call')} none would cost anything else.`,
  repriceDifference: (calls: number, looked: number) =>
    `${countOf(calls, 'call')} of ${formatCount(looked)} would cost something else`,
  repriceNow: (known: number, unknown: number) =>
    [known > 0 && `${formatCount(known)} would be known now`, unknown > 0 && `${formatCount(unknown)} no longer`]
      .filter(Boolean)
      .join(', '),
  repriceColumn: { what: 'Vendor and model', calls: 'Calls', before: 'Before', after: 'After', price: 'By' },
  repriceApply: (calls: number) => `Write ${countOf(calls, 'new cost')}`,
  repriceDone: (calls: number) => `${countOf(calls, 'call')} priced anew`,
  repriceFailed: 'They could not be priced anew',
  repricings: 'Priced anew before',
  noRepricings: 'Never.',
  repricingSays: (calls: number, span: string) => `${countOf(calls, 'call')} of ${span}`,
  showCalls: 'Show the calls',
  keys: {
    back: 'One step up',
    calls: 'Show the calls of what is shown',
    waste: 'What could be saved',
    prices: 'Prices in force',
    table: 'Breakdown',
  },
};

const DIMENSION: Readonly<Record<string, string>> = {
  vendor: 'vendor',
  service: 'service',
  model: 'model',
  app: 'app',
  team: 'team',
  endpoint: 'endpoint',
  credential: 'credential',
  day: 'day',
  provenance: 'how sure it is',
  'tag:feature': 'feature',
  'tag:user': 'user',
};

const PROVENANCE: Readonly<Record<string, string>> = {
  reported: 'as the vendor reported',
  partial: 'partly reported',
  estimated: 'estimated here',
  none: 'not reported',
};
