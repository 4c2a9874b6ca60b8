import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { exactMoney } from '../../shared/format/money.ts';
import { formatCount } from '../../shared/format/quantities.ts';
import { initPrices, pricesPath } from '../engine/ledger/prices-register.ts';
import { dataFolder } from '../hosts/data-folder.ts';
import { connect, openCalls, openStoreOffline } from './connect.ts';
import { EXIT, Fault } from './fault.ts';
import type { PricesOptions } from './prices.ts';
import { refusalFault } from './refusal-fault.ts';
import { harmless, note, write } from './terminal.ts';
import { textTable } from './text-table.ts';
import { timeOption } from './time-option.ts';

/** `sallyport prices`: of a running engine, or of what is stored. */
export async function listPricesInForce(options: PricesOptions): Promise<void> {
  const folder = dataFolder(options.data);
  if (options.init) return initPricesFile(folder);
  const span = { since: timeOption('since', options.since), until: Date.now() * 1000 };
  // Prices may have been written down before the first call.
  const connection = existsSync(join(folder, 'prices.yaml'))
    ? ((await connect(folder)) ?? (await openStoreOffline(folder)))
    : await openCalls(folder);
  try {
    const found = await connection.client.costs.prices(span);
    for (const { line, column, says } of found.problems)
      note(harmless(`${found.file}:${line}:${column}: ${says} What it said before counts.`));
    if (options.format === 'json') return await write(`${JSON.stringify(found, null, 2)}\n`);
    if (found.contracts.length > 0)
      await write(
        `${textTable(
          ['CONTRACT', 'VENDOR', 'FROM', 'UNTIL', 'COMMITTED A MONTH', 'USED'],
          found.contracts.map((contract) => [
            contract.says,
            contract.vendor,
            contract.from ?? '–',
            contract.until ?? '–',
            contract.commitmentNanoUsd === null ? '–' : exactMoney(contract.commitmentNanoUsd),
            contract.usedNanoUsd === null ? '–' : exactMoney(contract.usedNanoUsd),
          ]),
          ['COMMITTED A MONTH', 'USED'],
        )}\n`,
      );
    if (found.prices.length === 0) return note('Nothing that has a price was called in that time.');
    await write(
      textTable(
        ['VENDOR', 'ROW', 'OF', 'PRICE', 'PER', 'CALLS', 'FROM'],
        found.prices.map((price) => [
          price.vendor,
          price.id,
          price.what,
          exactMoney(price.priceNanoUsd),
          price.per === 'one' ? '1' : '1,000,000',
          formatCount(price.calls),
          price.source,
        ]),
        ['PRICE', 'PER', 'CALLS'],
      ),
    );
  } catch (error) {
    throw refusalFault(error);
  } finally {
    await connection.close();
  }
}

async function initPricesFile(folder: string): Promise<void> {
  const path = pricesPath(folder);
  try {
    if (!initPrices(folder)) throw new Fault(`${path} is there already, and was left as it is.`, EXIT.failed);
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault(`${path} cannot be written: ${(error as Error).message}`, EXIT.failed);
  }
  await write(`${path}\n`);
  note('Everything in it is commented out: it says nothing until you do.');
}
