import type { CallSummary } from '../../shared/model/call-summary.ts';
import { callRecord } from '../../shared/format/call-record.ts';
import { harEntry } from '../../shared/format/har.ts';
import { dataFolder } from '../hosts/data-folder.ts';
import type { CallsOptions } from './calls.ts';
import { callTable } from './call-table.ts';
import { connectOrFault, openCalls } from './connect.ts';
import type { EngineClient } from '../hosts/engine-client.ts';
import type { Connection } from './connect.ts';
import { EXIT, Fault } from './fault.ts';
import { readBodies } from './read-bodies.ts';
import { refusalFault } from './refusal-fault.ts';
import { note, write } from './terminal.ts';
import { version } from './version.ts';

const TABLE_ROWS = 50;
const PAGE = 500;

/** `sallyport calls`: newest first, or with --follow newest last and on until the engine or the user ends it. */
export async function listCalls(query: string, options: CallsOptions): Promise<void> {
  const dataDir = dataFolder(options.data);
  if (options.follow && options.format === 'har')
    throw new Fault('A HAR file has an end, so --follow cannot write one; use --format ndjson.', EXIT.usage);
  const connection = options.follow ? await connectOrFault(dataDir) : await openCalls(dataDir);
  try {
    if (options.follow) await follow(connection, query, options);
    else await list(connection.client, query, options);
  } catch (error) {
    throw refusalFault(error, query);
  } finally {
    await connection.close();
  }
}

async function list(client: EngineClient, query: string, { format, limit }: CallsOptions): Promise<void> {
  const most = limit ?? (format === 'table' ? TABLE_ROWS : Infinity);
  if (format === 'har') return listHar(client, query, most);
  const rows: CallSummary[] = [];
  let more = false;
  for await (const page of pages(client, query, most)) {
    more = page.more;
    if (format === 'ndjson') await write(page.calls.map((call) => `${JSON.stringify(callRecord(call))}\n`).join(''));
    else rows.push(...page.calls);
  }
  if (format === 'ndjson' || most === 0) return;
  if (rows.length === 0)
    return note(query === '' ? 'Nothing is recorded yet.' : 'No recorded call passes this filter.');
  await write(callTable(rows).all(rows));
  if (more) note(`The newest ${rows.length}; more with --limit, or narrow the filter.`);
}

/** Pages newest first, each asked for when the one before is written. */
async function* pages(
  client: EngineClient,
  query: string,
  most: number,
): AsyncGenerator<{ calls: CallSummary[]; more: boolean }> {
  let left = most;
  let before: number | undefined;
  while (left > 0) {
    const page = await client.calls.list({
      query,
      limit: Math.min(PAGE, left),
      ...(before === undefined ? {} : { before }),
    });
    yield page;
    before = page.calls.at(-1)?.id;
    left -= page.calls.length;
    if (!page.more || before === undefined) return;
  }
}

/** Entry by entry, so that a long list with bodies needs the memory of one call. */
async function listHar(client: EngineClient, query: string, most: number): Promise<void> {
  await write(`{"log":{"version":"1.2","creator":${JSON.stringify({ name: 'Sallyport', version })},"entries":[`);
  let between = '\n';
  for await (const page of pages(client, query, most)) {
    for (const { id } of page.calls) {
      const call = await client.calls.get({ id }).catch(() => null);
      if (!call) continue; // expired since it was listed
      await write(between + JSON.stringify(harEntry({ call, ...(await readBodies(client, call)) })));
      between = ',\n';
    }
  }
  await write('\n]}}\n');
}

async function follow({ client }: Connection, query: string, { format, limit }: CallsOptions): Promise<void> {
  // Where the end is now, before the list, so that nothing falls between the two; what is in both is shown once.
  let { seq } = await client.calls.changes({ query });
  const { calls } =
    limit === 0 ? { calls: [] } : await client.calls.list({ query, limit: Math.min(limit ?? 10, 1000) });
  const shown = new Set<number>();
  const table = callTable(calls);
  const show = async (rows: readonly CallSummary[]): Promise<void> => {
    const fresh = rows.filter((call) => call.state === 'closed' && !shown.has(call.id));
    for (const { id } of fresh) shown.add(id);
    await write(
      fresh.map((call) => (format === 'ndjson' ? `${JSON.stringify(callRecord(call))}\n` : table.row(call))).join(''),
    );
  };
  if (format === 'table') await write(table.head());
  await show(calls.toReversed());
  const pull = async (): Promise<void> => {
    for (;;) {
      const page = await client.calls.changes({ seq, query, limit: 1000 });
      // Lower when a damaged store was replaced by a new one.
      const moved = page.seq !== seq;
      seq = page.seq;
      await show(page.calls);
      // A call changes no more once it has ended; only recent ones can come twice.
      if (shown.size > 50_000) for (const id of [...shown].slice(0, 25_000)) shown.delete(id);
      if (!moved) return;
    }
  };
  try {
    const notices = await client.calls.watch();
    await pull();
    for await (const _ of notices) await pull();
  } catch (error) {
    if ((error as { code?: unknown }).code === 'BAD_QUERY') throw error;
  }
  throw new Fault('The engine has ended.', EXIT.engine);
}
