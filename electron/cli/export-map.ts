import { writeFileSync } from 'node:fs';
import { dataFolder } from '../hosts/data-folder.ts';
import { openCalls } from './connect.ts';
import { EXIT, Fault } from './fault.ts';
import type { MapExportOptions } from './map.ts';
import { refusalFault } from './refusal-fault.ts';
import { harmless, note, write } from './terminal.ts';
import { timeOption } from './time-option.ts';

/** `sallyport map export`: of a running engine, or of what is stored. */
export async function exportMap(options: MapExportOptions): Promise<void> {
  const { format, version, vendor, service, app, out } = options;
  const until = options.until === undefined ? Date.now() * 1000 : timeOption('until', options.until);
  const since = timeOption('since', options.since ?? '30d');
  if (since >= until) throw new Fault('--since is not before --until: there is no time between them.', EXIT.usage);
  if (format === 'xlsx' && out === undefined && process.stdout.isTTY)
    throw new Fault('An xlsx is nothing for a terminal: say where to write it with --out.', EXIT.usage);
  const connection = await openCalls(dataFolder(options.data));
  try {
    const { content, encoding, notes } = await connection.client.map.export({
      since,
      until,
      format,
      ...(version !== undefined && { version }),
      ...(vendor !== undefined && { vendor }),
      ...(service !== undefined && { service }),
      ...(app !== undefined && { app }),
    });
    const bytes = encoding === 'base64' ? Buffer.from(content, 'base64') : content;
    if (out === undefined) await write(bytes);
    else writeOut(out, bytes);
    for (const line of notes) note(harmless(line));
  } catch (error) {
    throw refusalFault(error);
  } finally {
    await connection.close();
  }
}

function writeOut(file: string, bytes: string | Uint8Array): void {
  try {
    writeFileSync(file, bytes);
  } catch (error) {
    throw new Fault(
      `${file} cannot be written (${error instanceof Error ? error.message : String(error)}). Name another file with --out.`,
      EXIT.failed,
    );
  }
}
