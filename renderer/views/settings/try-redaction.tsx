import { useEffect, useId, useState } from 'react';
import type { ReactNode } from 'react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Settings } from '../../../shared/contract/settings.ts';
import { useApi } from '../../client/api-context.ts';
import { Choice } from '../../ui/fields.tsx';
import { words } from '../../words/index.ts';

const says = words.settings.try;
const FORMS = ['headers', 'query', 'json', 'form', 'text'] as const;
type Form = (typeof FORMS)[number];

/** Assembled, so that nothing takes this file for a leak. */
const TOKEN = ['sk', 'live', '51Hx2eZvKYlo2C0aBcD'].join('_');
const SAMPLES: Readonly<Record<Form, string>> = {
  headers: `Host: api.example.com\nAuthorization: Bearer ${TOKEN}\nX-Request-Id: 7f3a\n`,
  query: `?page=2&api_key=${TOKEN}`,
  json: JSON.stringify({ user: 'ada', password: 'correct horse', items: [{ token: TOKEN }] }, null, 2),
  form: 'grant_type=password&username=ada&password=correct+horse',
  text: `The key ${TOKEN} was refused.`,
};

/** What the rules in force make of a sample, as it is typed. */
export function TryRedaction({ rules }: { rules: Settings['redaction'] | undefined }): ReactNode {
  const api = useApi();
  const id = useId();
  const [form, setForm] = useState<Form>('headers');
  const [samples, setSamples] = useState(SAMPLES);
  const sample = samples[form];
  const [asked, setAsked] = useState({ sample, form });
  useEffect(() => {
    const timer = setTimeout(() => setAsked({ sample, form }), 150);
    return () => clearTimeout(timer);
  }, [sample, form]);
  const { data, error } = useQuery({
    queryKey: ['settings.try', asked, rules],
    queryFn: () => api.settings.tryRedaction({ sample: asked.sample, as: asked.form }),
    placeholderData: keepPreviousData,
  });
  return (
    <section className="try-redaction" aria-label={says.title}>
      <div className="try-redaction-head">
        <h2>{says.title}</h2>
        <Choice
          label={says.as}
          value={form}
          options={FORMS.map((value) => ({ value, title: says.forms[value] }))}
          onChange={setForm}
        />
        <span role="status" className="dim">
          {error ? error.message : data && says.found(data.found)}
        </span>
      </div>
      <p className="dim">{says.says}</p>
      <div className="try-redaction-sides">
        <label htmlFor={id}>{says.sample}</label>
        <label htmlFor={`${id}-result`}>{says.result}</label>
        <textarea
          id={id}
          className="text-field mono"
          spellCheck={false}
          value={sample}
          onChange={(event) => setSamples({ ...samples, [form]: event.target.value })}
        />
        <textarea
          id={`${id}-result`}
          className="text-field mono"
          readOnly
          spellCheck={false}
          value={data?.redacted ?? ''}
        />
      </div>
    </section>
  );
}
