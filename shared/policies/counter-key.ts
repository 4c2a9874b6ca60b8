import { z } from 'zod';
import { MATCH_FIELDS, type MatchField } from '../model/policy.ts';
import { nearest } from '../query/suggest.ts';
import type { CallFacts } from './facts.ts';

/** What calls are counted by, one counter for each of their values: `app`, `vendor`, `tag.tenant`, `header.x-team`. */
export type CounterField = MatchField | `tag.${string}` | `header.${string}`;

/** Reads a field of calls; null: not known, or the call has none. Several values are joined by `,`. Made once, asked a million times. */
export type FieldReader = (facts: CallFacts) => string | null;

const READERS: Readonly<Record<MatchField, FieldReader>> = {
  app: (facts) => facts.app,
  process: (facts) => facts.process,
  package: (facts) => facts.package,
  vendor: (facts) => facts.vendor,
  service: (facts) => facts.service,
  category: (facts) => facts.category,
  status: (facts) => facts.status,
  endpoint: (facts) => facts.endpoint,
  method: (facts) => facts.method,
  scheme: (facts) => facts.scheme,
  host: (facts) => facts.host,
  path: (facts) => facts.path,
  credential: (facts) => facts.credential,
  country: (facts) => facts.country,
  data: (facts) => (facts.data.length === 0 ? null : facts.data.join(',')),
  model: (facts) => facts.model,
  environment: (facts) => facts.environment,
  source: (facts) => facts.source,
};

export function fieldReader(field: CounterField): FieldReader {
  if (field.startsWith('header.')) {
    const name = field.slice(7).toLowerCase();
    return (facts) => facts.header(name);
  }
  if (field.startsWith('tag.')) {
    const name = field.slice(4);
    return ({ tags }) => (tags !== null && Object.hasOwn(tags, name) ? (tags[name] ?? null) : null);
  }
  return READERS[field as MatchField];
}

const MOST_KEPT = 10_000;

/**
 * Which counter a call is counted by: `app=billing vendor=openai`, empty for one counter for all. What is not known is
 * counted together, as `app=?`.
 */
export function counterKeyReader(per: readonly CounterField[]): (facts: CallFacts) => string {
  const [only] = per;
  if (only === undefined) return () => '';
  const readers = per.map(fieldReader);
  const [first] = readers;
  if (per.length === 1 && first) {
    // One text for all calls of a value: a counter is found by it, and a text that was made anew has to be hashed anew.
    const keys = new Map<string | null, string>();
    return (facts) => {
      const value = first(facts);
      let key = keys.get(value);
      if (key === undefined) {
        if (keys.size >= MOST_KEPT) keys.clear();
        keys.set(value, (key = `${only}=${value ?? '?'}`));
      }
      return key;
    };
  }
  return (facts) => {
    let key = '';
    for (let i = 0; i < readers.length; i++) {
      const value = readers[i]?.(facts) ?? '?';
      // So that no value can look like another field's.
      key += `${i === 0 ? '' : ' '}${per[i]}=${/[\s=%]/.test(value) ? encodeURIComponent(value) : value}`;
    }
    return key;
  };
}

/** True for what calls can be counted by. */
function isCounterField(text: string): text is CounterField {
  return (MATCH_FIELDS as readonly string[]).includes(text) || /^(?:tag|header)\.\S+$/.test(text);
}

/** `per:` of limits, quotas, budgets and alerts. */
export const per = () =>
  z
    .array(z.string())
    .max(8)
    .transform((fields, context): CounterField[] => {
      const known: CounterField[] = [];
      for (const [index, field] of fields.entries()) {
        if (isCounterField(field)) known.push(field);
        else {
          const near = nearest(field, MATCH_FIELDS);
          context.addIssue({
            code: 'custom',
            path: [index],
            message: `calls cannot be counted by \`${field.slice(0, 60)}\`; ${near ? `did you mean \`${near}\`?` : `use ${MATCH_FIELDS.join(', ')}, tag.NAME or header.NAME`}`,
          });
        }
      }
      return known;
    })
    .describe('A counter of its own for each value of these, as [app, tag.tenant]; left out: one for all calls');
