/** One decision of the European Commission that a territory's protection is adequate (GDPR Art. 45). */
export interface Adequacy {
  /** ISO 3166-1 alpha-2. */
  country: string;
  /** Whose decision it is; the United Kingdom and Switzerland keep lists of their own. */
  from: 'EU';
  instrument: string | null;
  /** What it covers, when not everything. */
  scope: string | null;
  /** Last day, of those that end. */
  until: string | null;
  source: string | null;
  /** When the row was last compared with a source; null: known without having been looked up. */
  checked: string | null;
}

/** When the list as a whole was last gone through. A test warns when that is long ago. */
export const ADEQUACY_CHECKED = '2026-11-23';

const row = (country: string, instrument: string | null, more: Partial<Adequacy> = {}): Adequacy => ({
  country,
  from: 'EU',
  instrument,
  scope: null,
  until: null,
  source: null,
  checked: null,
  ...more,
});

/** Numbers of decisions are from memory but for the United States'; the eleven before the GDPR were confirmed on 2024-01-15. */
export const ADEQUACY: readonly Adequacy[] = [
  row('AD', '2010/625/EU'),
  row('AR', '2003/490/EC'),
  row('BR', null, { scope: 'Adopted in January 2026; its exclusions are to be checked', checked: '2026-11-23' }),
  row('CA', '2002/2/EC', { scope: 'Commercial organisations under PIPEDA only' }),
  row('FO', '2010/146/EU'),
  row('GG', '2003/821/EC'),
  row('IL', '2011/61/EU', { scope: 'Automated processing' }),
  row('IM', '2004/411/EC'),
  row('JP', '(EU) 2019/419', { scope: 'Private sector, with supplementary rules' }),
  row('JE', '2008/393/EC'),
  row('NZ', '2013/65/EU'),
  row('KR', '(EU) 2022/254'),
  row('CH', '2000/518/EC'),
  row('GB', '(EU) 2021/1772', { until: '2031-12-27', checked: '2026-11-23' }),
  row('UY', '2012/484/EU'),
  row('US', '(EU) 2023/1795', {
    scope: 'Only companies certified under the Data Privacy Framework; an appeal is pending',
    checked: '2026-11-23',
  }),
];

/** The EU's members, Iceland, Liechtenstein and Norway, and the EU's outermost regions that have codes of their own. */
const EEA = new Set(
  'AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO GF GP MQ RE YT MF EU'.split(
    ' ',
  ),
);

export function isInEea(country: string): boolean {
  return EEA.has(country);
}

/** The decision for a country; null when there is none. */
export function adequacyOf(country: string): Adequacy | null {
  return ADEQUACY.find((decision) => decision.country === country) ?? null;
}
