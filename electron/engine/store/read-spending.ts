import { isOpen, provenanceNamed } from './codes.ts';
import { readTags, tagsText } from './caller-columns.ts';
import type { Db } from './open.ts';
import type { SpendingQuestion, SpendingSum } from './picture-rows.ts';
import { USED, prepared, readRow } from './read-rows.ts';
import { PERIODS } from './rollups.ts';
import type { Spending, SpendingRow, Spendings } from './spending-sums.ts';
import { SPENDING_FIGURES, SPENDING_KEYS, addSpending, mergeSpending, spendingKey } from './spending-sums.ts';
import { closedCalls, cutSpan } from './sum-span.ts';
import { uncounted } from './uncounted.ts';
import type { WordReader } from './word-reader.ts';

const COLUMNS = `c.started_at AS startedAt, c.host, c.app, c.endpoint, c.credential, c.tags, ${USED}`;

/** What metered calls of a span cost. Sums and what is not in them yet are read in one moment of the database. */
export function readSpending(db: Db, words: WordReader, question: SpendingQuestion): SpendingSum[] {
  const { by, without = [] } = question;
  const length = by === 'hour' ? PERIODS[1] : PERIODS[2];
  const hasTags = !without.includes('tags');
  const hasCredential = !without.includes('credential');
  const whole = by !== 'span' && hasTags && hasCredential;
  const found: Spendings = new Map();
  const aliases = words.aliases();
  /** Words of tags, of calls and of sums, by what they say. Sums' words count, calls' are looked up. */
  const labels = new Map<string, number>();
  const labelOf = new Map<number, number>();
  const shown = <Row extends Pick<SpendingRow, 'host' | 'app' | 'endpoint'>>(row: Row): Row => ({
    ...row,
    app: row.app === null ? null : words.appOf(row.app),
    endpoint: row.endpoint === null ? null : (aliases.get(row.host)?.get(row.endpoint) ?? row.endpoint),
  });

  /** Any word that says the same: what is shown is made of its text. */
  function labelsOf(tags: number | null): number {
    if (tags === null || tags === 0 || !hasTags) return 0;
    let label = labelOf.get(tags);
    if (label === undefined) {
      const { run: _, ...others } = readTags(words.text(tags));
      const text = tagsText(others);
      label = text === '{}' ? 0 : (labels.get(text) ?? tags);
      labels.set(text, label);
      labelOf.set(tags, label);
    }
    return label;
  }

  function add(row: SpendingRow & { tags: number | null }, calls: 1 | -1): void {
    if (row.provenance === null) return;
    const start = by === 'span' ? 0 : Math.floor(row.startedAt / 1_000_000 / length) * length;
    const known = hasCredential ? row : { ...row, credential: null };
    addSpending(found, shown(known), labelsOf(row.tags), start, calls);
  }

  db.transaction(() => {
    const { sums, covered, calls } = cutSpan(db, question, by === 'hour' ? 1 : 2);
    const kept = SPENDING_KEYS.filter((key) => (key !== 'tags' || hasTags) && (key !== 'credential' || hasCredential));
    const range = 'FROM spending WHERE period = ? AND start >= ? AND start < ?';
    const plain = prepared(db, `SELECT start, ${SPENDING_KEYS.join(', ')}, ${SPENDING_FIGURES.join(', ')} ${range}`);
    const start = by === 'span' ? '0' : `start / ${length} * ${length}`;
    const keys = SPENDING_KEYS.map((key) => (kept.includes(key) ? key : `0 AS ${key}`)).join(', ');
    /** Hours as days, and what is not told apart together. */
    const folded = prepared(
      db,
      `SELECT ${start} AS start, ${keys}, ${SPENDING_FIGURES.map((name) => `SUM(${name}) AS ${name}`).join(', ')}
       ${range} GROUP BY ${[...(by === 'span' ? [] : [start]), ...kept].join(', ')}`,
    );
    for (const piece of sums) {
      const read = whole && PERIODS[piece[0]] === length ? plain : folded;
      for (const row of read.all(...piece) as Spending[]) {
        row.app = words.appOf(row.app);
        row.endpoint = aliases.get(row.host)?.get(row.endpoint) ?? row.endpoint;
        row.tags = labelsOf(row.tags);
        const key = spendingKey(row);
        const sum = found.get(key);
        if (sum) mergeSpending(sum, row);
        else found.set(key, row);
      }
    }
    for (const { row, calls: counted } of uncounted(db)) {
      if (isOpen(row.flags) || row.started_at < covered.since || row.started_at >= covered.until) continue;
      const stored = readRow(db, row.id);
      if (stored) add({ ...stored, app: row.app, tags: row.tags }, counted);
    }
    for (const piece of calls)
      for (const row of closedCalls<SpendingRow & { tags: number | null }>(
        db,
        words,
        piece.span,
        COLUMNS,
        'AND u.call IS NOT NULL',
      ))
        add(row, piece.calls);
  })();

  const text = (word: number): string | null => (word === 0 ? null : words.text(word));
  const shownTags = new Map<number, Readonly<Record<string, string>>>();
  const tagsOf = (word: number): Readonly<Record<string, string>> => {
    let tags = shownTags.get(word);
    if (tags === undefined) {
      const { run: _, ...others } = readTags(text(word));
      shownTags.set(word, (tags = others));
    }
    return tags;
  };
  return [...found.values()]
    .filter((sum) => sum.calls > 0)
    .map((sum) => {
      return {
        start: sum.start * 1_000_000,
        app: sum.app === 0 ? null : words.appName(sum.app),
        host: words.text(sum.host),
        endpoint: text(sum.endpoint),
        model: text(sum.model),
        credential: text(sum.credential),
        tags: tagsOf(sum.tags),
        provenance: provenanceNamed(sum.provenance) ?? 'none',
        calls: sum.calls,
        costNanoUsd: sum.cost,
        pricedCalls: sum.priced,
        tokenCalls: sum.token_calls,
        inputTokens: sum.input,
        cacheReadTokens: sum.cache_read,
        cacheWriteTokens: sum.cache_write,
        outputTokens: sum.output,
        reasoningTokens: sum.reasoning,
      };
    })
    .sort((a, b) => a.start - b.start);
}
