/**
 * How what a call used is read where vendors charge by the piece (SMS segments, e-mails, geocodes): which calls a rule is
 * about, and where each quantity stands. Rules are data of the price tables and of prices.yaml; `shared/vendors/usage/units-reader.ts`
 * reads by them. Of several that fit a call the first is taken.
 */
export interface UnitRule {
  /** Names the reading: `twilio-sms`. */
  name: string;
  /** The catalogue's id, or a domain. */
  vendor: string;
  /** A service of it; null: any. */
  service: string | null;
  /** In capitals; null: any. */
  methods: readonly string[] | null;
  /**
   * Patterns of paths, one of which must fit the whole path; null: any. `*` stands for one segment or a part of one, `**` for
   * anything: `/v1/charges`, `/3/mail/**`. Compared as sent, case counts.
   */
  paths: readonly string[] | null;
  /** Host patterns, one of which must fit: exact, or with `*`; absent: any of the vendor's. */
  hosts?: readonly string[];
  /** Answers that are charged for; null: 200 to 299. */
  statuses: readonly number[] | null;
  quantities: readonly UnitQuantity[];
}

/** One unit and where its number is read. */
export interface UnitQuantity {
  /** As price rows name it: `sms_segment`, `email`, `geocode`, `charge`. */
  unit: string;
  /** `call`: nothing is read, `default` (or 1) it is. `…-bytes`: of the body as sent. */
  from:
    | 'call'
    | 'request'
    | 'response'
    | 'request-header'
    | 'response-header'
    | 'query'
    | 'request-bytes'
    | 'response-bytes';
  /**
   * In a JSON body keys joined by dots, `[]` for each element: `num_segments`, `personalizations[].to[]`; in a form body the
   * field's name (`To`, also when it comes several times); of headers and the query the name. Not used by the others.
   */
  path?: string;
  /**
   * `number` (when absent): the value, a number or the text of one; of several their sum. `count`: how many there are.
   * `length`: characters of the text.
   */
  read?: 'number' | 'count' | 'length';
  /** The number is divided by this: 1,000,000 for a price by the megabyte. Default 1. */
  per?: number;
  /** After dividing, rounded up to a multiple of this: whole minutes, 15 seconds. */
  upTo?: number;
  /** At least so many. */
  least?: number;
  /** When nothing stands there; absent: the quantity is then not known, and the reading is *partial*. */
  default?: number;
  /** Only when what stands at `path` of the same place is one of these texts (compared without case): currencies, countries. */
  when?: {
    from: 'request' | 'response' | 'query' | 'request-header' | 'response-header';
    path: string;
    is: readonly string[];
  };
  /**
   * What the price depends on besides: it follows the unit's name after a slash, `sms_segment/US`. `phone-country`: not the
   * text but the country of the phone number that it is (`countryOfPhone`); numbers themselves are never kept. When
   * nothing stands there: `otherwise`, and without it the unit is not known.
   */
  by?: {
    from: 'request' | 'response' | 'query' | 'request-header' | 'response-header';
    path: string;
    as?: 'phone-country';
    otherwise?: string;
  };
}
