/**
 * How much of what vendors charge for by the piece a call used, told from its request and its answer. The rule says
 * where to look; who reads bodies looks there while they go by, and asks `readUnits` (shared/ledger) at the end.
 */
export interface UnitRule {
  /** Unique: `twilio/sms`. The reader's name in the usage is `unit:` and this. */
  id: string;
  match: CallMatch;
  /**
   * What the call is known by and priced for: `sms_segment`. One call may use several: rules of one call are all read.
   * Left out with `free`.
   */
  unit?: string;
  /** Left out: 1. */
  quantity?: Quantity;
  /** What the price depends on besides: the country of a phone number, a currency, a size. It follows the unit's name after a slash: `sms_segment/US`. */
  by?: Value & { as?: 'text' | 'phone-country' };
}

/** Which calls. Everything that is said has to be so. */
export interface CallMatch {
  /** The catalogue's id or a domain. */
  vendor: string;
  service?: string;
  /** Exact, or with `*`. */
  host?: string;
  method?: string | readonly string[];
  /** `*`: one segment or a part of one; `**`: any number. The query is no part of it. */
  path?: string | readonly string[];
  /** Of the operation in RPC: as the endpoint's name ends: `PutItem`. */
  operation?: string | readonly string[];
  /** Class or number: `2xx`, `200`. Left out: answers of 2xx. `any`: refused ones too. */
  status?: string;
}

/** A place in a call. Paths are of JSON or of a form: `data.segments`, `results[].id`, `To`; `[]` is every element. */
export type Value =
  | { request: string }
  | { response: string }
  | { query: string }
  | { requestHeader: string }
  | { responseHeader: string };

export interface Quantity {
  /** The number there (text that is one counts), added up over all elements; or a fixed one. */
  of?: Value | number;
  /** How many there are: elements of an array, fields of that name, values in a list with commas. */
  count?: Value;
  /** How many characters (code points) there are. */
  length?: Value;
  /** How many bytes of the body went over the wire. */
  bytes?: 'request' | 'response';
  /** Divided by this: 1000 for milliseconds to seconds. */
  divide?: number;
  /** Rounded up to a multiple of this, after dividing: whole minutes, 15 seconds. */
  upTo?: number;
  /** At least that much. */
  least?: number;
  /** When there is nothing there; left out: the quantity is not known. */
  otherwise?: number;
}

/**
 * Names of what language models and their like are charged for by the piece, beside tokens. What the price depends on
 * follows after slashes: `images/1024x1024/hd`, `requests/high` (size of the search's context).
 */
export const MODEL_UNITS = [
  'requests',
  'web_search',
  'file_search',
  'social_search',
  'code_session',
  'images',
  'image_pixels',
  'audio_seconds',
  'video_seconds',
  'characters',
  'pages',
  'annotated_pages',
  'rerank_units',
  'citation_tokens',
  'text_messages',
] as const;
export type ModelUnit = (typeof MODEL_UNITS)[number];
