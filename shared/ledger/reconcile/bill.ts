import { readCsv } from '../../payload/csv.ts';

/** What exports are told apart by. */
export const CATEGORIES = ['input', 'output', 'cache-read', 'cache-write', 'requests', 'cost'] as const;
export type Category = (typeof CATEGORIES)[number];

/** So much of one thing on one day, as the vendor's export says. */
export interface BilledItem {
  /** UTC, `2026-11-23`. */
  day: string;
  model: string | null;
  category: Category;
  /** Tokens, requests, or nano-dollars (`cost`). */
  quantity: number;
  batch: boolean;
}

export interface Bill {
  vendor: string;
  /** Which export it was read as. */
  form: string;
  items: BilledItem[];
  skipped: { line: number; why: string }[];
}

/** Names of columns of a file nobody knows. */
export type ColumnNames = Readonly<
  Partial<Record<'day' | 'model' | 'input' | 'output' | 'cacheRead' | 'cacheWrite' | 'cost' | 'requests', string>>
>;

/** One export that we know by its columns. */
interface Form {
  name: string;
  vendor: string;
  /** All of them must be there. */
  needs: readonly string[];
  day: readonly string[];
  model: readonly string[];
  /** Columns added up for each category. */
  sums: Readonly<Partial<Record<Category, readonly string[]>>>;
  /** Says that a row is of the batch API. */
  batch?: (cell: (name: string) => string) => boolean;
  /** What a row of costs is of. */
  line?: readonly string[];
}

const isYes = (text: string): boolean => /^(?:true|yes|1|batch)$/i.test(text.trim());

/** As their exports look at the time of writing; names of columns are compared without case, spaces and underscores. */
const FORMS: readonly Form[] = [
  {
    name: 'OpenAI usage',
    vendor: 'openai',
    needs: ['input_tokens', 'output_tokens', 'num_model_requests'],
    day: ['start_time', 'start_time_iso', 'date', 'timestamp'],
    model: ['model', 'snapshot_id'],
    // Cached tokens are inside the input.
    sums: {
      input: ['input_tokens'],
      output: ['output_tokens'],
      'cache-read': ['input_cached_tokens'],
      requests: ['num_model_requests'],
    },
    batch: (cell) => isYes(cell('batch')) || isYes(cell('service_tier')),
  },
  {
    name: 'OpenAI usage (of before 2025)',
    vendor: 'openai',
    needs: ['n_context_tokens_total', 'n_generated_tokens_total'],
    day: ['timestamp', 'usage_timestamp', 'date'],
    model: ['model', 'snapshot_id'],
    sums: {
      input: ['n_context_tokens_total'],
      output: ['n_generated_tokens_total'],
      'cache-read': ['n_cached_context_tokens_total'],
      requests: ['n_requests'],
    },
  },
  {
    name: 'OpenAI costs',
    vendor: 'openai',
    needs: ['amount_value'],
    day: ['start_time', 'start_time_iso', 'date'],
    model: [],
    sums: { cost: ['amount_value'] },
    line: ['line_item'],
  },
  {
    name: 'Anthropic usage',
    vendor: 'anthropic',
    needs: ['usage_input_tokens_no_cache', 'usage_output_tokens'],
    day: ['usage_date_utc', 'date'],
    model: ['model_version', 'model'],
    // The input comes without the cache.
    sums: {
      input: [
        'usage_input_tokens_no_cache',
        'usage_input_tokens_cache_write_5m',
        'usage_input_tokens_cache_write_1h',
        'usage_input_tokens_cache_read',
      ],
      output: ['usage_output_tokens'],
      'cache-read': ['usage_input_tokens_cache_read'],
      'cache-write': ['usage_input_tokens_cache_write_5m', 'usage_input_tokens_cache_write_1h'],
    },
    batch: (cell) => isYes(cell('usage_type')),
  },
  {
    name: 'Anthropic costs',
    vendor: 'anthropic',
    needs: ['cost_usd', 'usage_date_utc'],
    day: ['usage_date_utc'],
    model: ['model', 'model_version'],
    sums: { cost: ['cost_usd'] },
    batch: (cell) => isYes(cell('usage_type')),
  },
];

/**
 * Reads a vendor's export. Rows that cannot be read are left out and named by their line. `problem`: nobody knows such a
 * file, and no columns were named.
 */
export function readBill(
  text: string,
  asked: { vendor?: string | undefined; columns?: ColumnNames | undefined },
): Bill | { problem: string; remedy: string } {
  const { rows, lines, more } = readCsv(text);
  const [head] = rows;
  if (!head || rows.length < 2)
    return { problem: 'The file has no rows.', remedy: 'Export it again, as CSV with its line of column names.' };
  const columns = new Map(head.map((name, index) => [plain(name), index]));
  const form = asked.columns ? ownForm(asked.columns, asked.vendor) : knownForm(columns, asked.vendor);
  if ('problem' in form) return form;
  const missing = form.needs.filter((name) => !columns.has(plain(name)));
  if (missing.length > 0)
    return {
      problem: `The file has no column ${missing.map((name) => `“${name}”`).join(', ')}.`,
      remedy: `It has: ${head.join(', ')}.`,
    };

  const bill: Bill = { vendor: form.vendor, form: form.name, items: [], skipped: [] };
  if (more) bill.skipped.push({ line: lines.at(-1) ?? 0, why: 'The file has more rows than are read.' });
  for (const [index, row] of rows.entries()) {
    if (index === 0 || row.every((cell) => cell.trim() === '')) continue;
    const cell = (name: string): string => row[columns.get(plain(name)) ?? -1] ?? '';
    const read = readRow(form, cell);
    if (typeof read === 'string') bill.skipped.push({ line: lines[index] ?? index + 1, why: read });
    else bill.items.push(...read);
  }
  return bill;
}

function knownForm(
  columns: ReadonlyMap<string, number>,
  vendor: string | undefined,
): Form | { problem: string; remedy: string } {
  const form = FORMS.find(
    ({ needs, vendor: whose }) =>
      (vendor === undefined || vendor === whose) && needs.every((name) => columns.has(plain(name))),
  );
  return (
    form ?? {
      problem: 'The columns are of no export that we know.',
      remedy: 'Name them: --columns day=DATE,model=MODEL,input=…,output=…,cost=… and --vendor.',
    }
  );
}

function ownForm(columns: ColumnNames, vendor: string | undefined): Form | { problem: string; remedy: string } {
  if (vendor === undefined)
    return { problem: 'With columns of your own it takes a vendor.', remedy: 'Say whose bill it is: --vendor openai.' };
  if (columns.day === undefined) return { problem: 'No column says the day.', remedy: 'Name it: --columns day=DATE,…' };
  const of = (name: string | undefined): readonly string[] | undefined => (name === undefined ? undefined : [name]);
  const sums = {
    input: of(columns.input),
    output: of(columns.output),
    'cache-read': of(columns.cacheRead),
    'cache-write': of(columns.cacheWrite),
    requests: of(columns.requests),
    cost: of(columns.cost),
  };
  const named = Object.fromEntries(Object.entries(sums).filter(([, names]) => names !== undefined)) as Form['sums'];
  if (Object.keys(named).length === 0)
    return { problem: 'No column says how much it was.', remedy: 'Name one: --columns …,input=TOKENS or cost=AMOUNT.' };
  return {
    name: 'columns as named',
    vendor,
    needs: Object.values(columns).filter((name) => name !== undefined),
    day: [columns.day],
    model: columns.model === undefined ? [] : [columns.model],
    sums: named,
  };
}

/** The items of a row, or why it has none. */
function readRow(form: Form, cell: (name: string) => string): BilledItem[] | string {
  const dayText = firstOf(form.day, cell);
  const day = dayText === '' ? null : dayOfText(dayText);
  if (day === null) return dayText === '' ? 'It says no day.' : `“${dayText.slice(0, 40)}” is no day.`;
  const line = form.line ? firstOf(form.line, cell) : '';
  const model = (form.line ? modelOfLine(line) : firstOf(form.model, cell)) || null;
  const batch = form.batch?.(cell) ?? /batch/i.test(line);
  const items: BilledItem[] = [];
  for (const [category, names] of Object.entries(form.sums) as [Category, readonly string[]][]) {
    let quantity = 0;
    for (const name of names) {
      const text = cell(name).trim();
      if (text === '') continue;
      const number = Number(text.replace(/^\$/, '').replaceAll(/[,_\s](?=\d{3}\b)/g, ''));
      if (!Number.isFinite(number)) return `“${text.slice(0, 40)}” is no number (${name}).`;
      if (number < 0 && category !== 'cost') return `${name} is below 0.`;
      quantity += number;
    }
    if (quantity !== 0)
      items.push({
        day,
        model,
        category,
        quantity: category === 'cost' ? Math.round(quantity * 1e9) : quantity,
        batch,
      });
  }
  return items;
}

function firstOf(names: readonly string[], cell: (name: string) => string): string {
  for (const name of names) {
    const text = cell(name).trim();
    if (text !== '') return text;
  }
  return '';
}

/** `gpt-5-2025-08-07, cached input` → the model. */
function modelOfLine(line: string): string {
  return line.split(',', 1)[0]?.trim() ?? '';
}

/** Day in UTC of a date, a time, or seconds since the epoch; null when it is none. */
export function dayOfText(text: string): string | null {
  const iso = /^(\d{4})-(\d\d)-(\d\d)(?:$|[T ])/.exec(text);
  if (iso && /^\d{4}-\d\d-\d\d$/.test(text)) return realDay(Date.parse(text));
  if (/^\d{9,11}(?:\.\d+)?$/.test(text)) return realDay(Number(text) * 1000);
  if (/^\d{12,14}$/.test(text)) return realDay(Number(text));
  // Times without a zone are UTC in exports, and the machine's own zone must not matter.
  if (iso)
    return realDay(
      Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/.test(text) ? text.replace(' ', 'T') : `${text.replace(' ', 'T')}Z`),
    );
  const american = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text);
  if (american) return realDay(Date.UTC(Number(american[3]), Number(american[1]) - 1, Number(american[2])));
  return null;
}

function realDay(milliseconds: number): string | null {
  return Number.isFinite(milliseconds) && Math.abs(milliseconds) < 8.64e15
    ? new Date(milliseconds).toISOString().slice(0, 10)
    : null;
}

function plain(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_-]/g, '');
}
