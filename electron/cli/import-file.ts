import { createReadStream, statSync } from 'node:fs';
import { request } from 'node:http';
import { basename, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Job } from '../../shared/contract/jobs.ts';
import { dataFolder } from '../hosts/data-folder.ts';
import type { RunningEngine } from '../hosts/engine-lock.ts';
import { connectOrFault } from './connect.ts';
import { EXIT, Fault } from './fault.ts';
import type { ImportOptions } from './import.ts';
import { note } from './terminal.ts';

/** `sallyport import FILE`: sends the file to the engine as it is read. */
export async function importFile(file: string, options: ImportOptions): Promise<void> {
  const { engine } = await connectOrFault(dataFolder(options.data));
  if (!engine) throw new Fault('No engine runs. Start one with: sallyport serve', EXIT.engine);
  const { source, size, name } = openSource(file);
  const job = await send(engine, source, size, name);
  if (job.state !== 'done') throw new Fault(`${name}: ${job.message ?? 'the import was given up.'}`, EXIT.failed);
  note(`${job.message ?? ''} See them with: sallyport calls 'source:import'`);
}

function openSource(file: string): { source: Readable; size: number | null; name: string } {
  if (file === '-') return { source: process.stdin, size: null, name: 'standard input' };
  const path = resolve(file);
  try {
    const stats = statSync(path);
    if (stats.isDirectory()) throw new Fault(`${path} is a folder; name a HAR file.`, EXIT.usage);
    return { source: createReadStream(path), size: stats.isFile() ? stats.size : null, name: basename(path) };
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault(`${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)}).`, EXIT.usage);
  }
}

async function send(engine: RunningEngine, source: Readable, size: number | null, name: string): Promise<Job> {
  const sent = request(`${engine.workspace}api/import?name=${encodeURIComponent(name)}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${engine.token}`,
      ...(size === null ? {} : { 'content-length': size }),
    },
  });
  const answer = new Promise<Job>((done, fail) => {
    sent.on('error', fail);
    sent.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (piece: string) => (text += piece));
      response.on('error', fail);
      response.on('end', () => {
        // What is not taken is not sent on.
        source.destroy();
        if (response.statusCode === 200 || response.statusCode === 422) done(JSON.parse(text) as Job);
        else fail(new Fault(`The engine refused the file: ${text}`, EXIT.engine));
      });
    });
  });
  // The answer may come before the file has been sent: the engine gives up on a file that is none.
  const [job] = await Promise.all([answer, pipeline(source, sent).catch(() => {})]);
  return job;
}
