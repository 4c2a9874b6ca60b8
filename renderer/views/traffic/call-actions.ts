import type { Api } from '../../client/connection.ts';
import { saveExport } from '../../data/jobs.ts';
import { finishJob } from '../../data/run-job.ts';
import type { CallSummary } from '../../../shared/model/call-summary.ts';
import { callRecord } from '../../../shared/format/call-record.ts';
import { toCurl } from '../../../shared/format/curl.ts';
import { urlOf } from '../../../shared/query/evaluate.ts';
import { toast } from '../../ui/toasts.tsx';
import { words } from '../../words/index.ts';

const { traffic: says, general } = words;

/** More cURL commands than this are a file, not a clipboard. */
const MOST_COMMANDS = 50;

/** Does something that may be refused, and says so when it is. */
export function attempt(work: () => Promise<void>): void {
  work().catch((error: unknown) =>
    toast(general.failed, { says: error instanceof Error ? error.message : String(error) }),
  );
}

async function copy(text: string, what: string): Promise<void> {
  await navigator.clipboard.writeText(text);
  toast(says.menu.copied(what));
}

export function copyText(text: string, what: string): void {
  attempt(() => copy(text, what));
}

export function copyAddresses(calls: readonly CallSummary[]): void {
  copyText(calls.map(urlOf).join('\n'), calls.length === 1 ? says.menu.address : says.menu.addresses(calls.length));
}

export function copyRows(calls: readonly CallSummary[]): void {
  copyText(calls.map((call) => JSON.stringify(callRecord(call))).join('\n'), says.menu.rows(calls.length));
}

export function copyCurl(api: Api, calls: readonly CallSummary[]): void {
  attempt(async () => {
    const commands: string[] = [];
    for (const { id } of calls.slice(0, MOST_COMMANDS)) commands.push(await curlOf(api, id));
    await copy(commands.join('\n'), commands.length === 1 ? says.menu.curl : says.menu.curls(commands.length));
  });
}

async function curlOf(api: Api, id: number): Promise<string> {
  const call = await api.calls.get({ id });
  if (call.requestBody.captured === null) return toCurl(call, null);
  const { base64, bytes } = await api.calls.body({ id, side: 'request', raw: true });
  const raw = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(raw);
    if (!text.includes('\0')) return toCurl(call, { text, bytes });
  } catch {
    // Not text.
  }
  return toCurl(call, { base64, bytes });
}

/** Writes calls to a file and saves it. How the work goes on is told by the frame, as of all long work. */
export function exportHar(api: Api, ids: readonly number[]): void {
  attempt(async () => {
    const job = await finishJob(api, await api.jobs.exportCalls({ ids: [...ids], format: 'har' }));
    await saveExport(job);
  });
}

/** Deletes calls for good; resolves when they are gone. */
export async function removeCalls(api: Api, ids: readonly number[]): Promise<void> {
  await finishJob(api, await api.jobs.removeCalls({ ids: [...ids], pinned: true }));
}

export function pinCalls(api: Api, ids: readonly number[], pinned: boolean): void {
  attempt(async () => {
    const { marked } = await api.calls.mark({ ids: [...ids], pinned });
    toast(pinned ? says.pinned(marked) : says.unpinned(marked));
  });
}

export function noteOnCalls(api: Api, ids: readonly number[], note: string): void {
  attempt(async () => {
    await api.calls.mark({ ids: [...ids], note });
    toast(says.note.saved);
  });
}
