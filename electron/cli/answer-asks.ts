import type { AskRow } from '../../shared/contract/policies.ts';
import { countOf } from '../../shared/format/quantities.ts';
import { dataFolder } from '../hosts/data-folder.ts';
import { withEngine } from './change-apps.ts';
import { connectOrFault } from './connect.ts';
import { EXIT, Fault } from './fault.ts';
import { localTime } from './list-apps.ts';
import type { AnswerOptions, PolicyOptions } from './policy.ts';
import { refusalFault } from './refusal-fault.ts';
import { note, write } from './terminal.ts';
import { textTable } from './text-table.ts';

/** `sallyport policy asks` */
export async function listAsks(options: PolicyOptions & { follow?: boolean }): Promise<void> {
  const { client, close } = await connectOrFault(dataFolder(options.data));
  const leave = new AbortController();
  const stop = (): void => leave.abort();
  process.once('SIGINT', stop);
  const printed = new Set<number>();
  try {
    for await (const { asks } of await client.policies.asks(undefined, { signal: leave.signal })) {
      const fresh = asks.filter(({ call }) => !printed.has(call));
      for (const { call } of fresh) printed.add(call);
      if (fresh.length > 0) await write(tableOf(fresh));
      else if (!options.follow) note('No call waits for a word.');
      if (!options.follow) return;
    }
  } catch (error) {
    if (!leave.signal.aborted) throw refusalFault(error);
  } finally {
    process.off('SIGINT', stop);
    leave.abort();
    await close();
  }
}

function tableOf(asks: readonly AskRow[]): string {
  return textTable(
    ['CALL', 'APP', 'REQUEST', 'POLICY', 'UNTIL', 'ELSE'],
    asks.map(({ call, app, method, host, path, policy, until, otherwise }) => [
      String(call),
      app ?? '–',
      `${method} ${host}${path}`,
      policy,
      localTime(until),
      otherwise,
    ]),
    ['CALL'],
  );
}

/** `sallyport policy answer` */
export async function answerCall(call: string, verdict: 'allow' | 'deny', options: AnswerOptions): Promise<void> {
  if (!/^\d+$/.test(call))
    throw new Fault(`“${call}” is no call; it is a number of: sallyport policy asks`, EXIT.usage);
  const { remember } = options;
  const { answered } = await withEngine(options, ({ policies }) =>
    policies.answer({ call: Number(call), verdict, remember }),
  );
  note(`${countOf(answered, 'call')} ${verdict === 'allow' ? 'let go' : 'refused'}.`);
}
