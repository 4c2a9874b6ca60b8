import { isIP } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { addressKind, hostLiteral, hostNameKind } from '../../shared/policies/access/address-kinds.ts';
import type { Draft } from '../../shared/model/replay.ts';
import { sumUpProbe, type Percentiles, type ProbeResult, type ProbeSample } from '../../shared/replay/probe-result.ts';
import { dataFolder } from '../hosts/data-folder.ts';
import type { EngineClient } from '../hosts/engine-client.ts';
import { attachEngine } from './attach-engine.ts';
import { confirm } from './confirm.ts';
import { connect, connectOrFault } from './connect.ts';
import { EXIT, Fault } from './fault.ts';
import { MOST_TOTAL, type ProbeOptions } from './probe.ts';
import { readSteps } from './replay-steps.ts';
import { refusalFault } from './refusal-fault.ts';
import { note, write } from './terminal.ts';

interface Given {
  draft: Draft;
  environment: string | null;
  variables: Record<string, string>;
}

/** `sallyport probe`: one request at a rate, bounded, with what its callers would have waited. */
export async function probeRequest(what: string, options: ProbeOptions): Promise<void> {
  const dataDir = dataFolder(options.data);
  const running = await connect(dataDir);
  const held = running === null ? await attachEngine({ dataDir, leaseName: 'probe', reach: {} }) : null;
  const connection = running ?? (await connectOrFault(dataDir));
  try {
    await probeWith(connection.client, what, options);
  } catch (error) {
    throw refusalFault(error);
  } finally {
    await connection.close();
    await held?.release();
  }
}

async function probeWith(client: EngineClient, what: string, options: ProbeOptions): Promise<void> {
  if (!/^\d+$|\.ya?ml$/i.test(what)) throw new Fault('A probe takes the id of one call, or one file.', EXIT.usage);
  const [step] = await readSteps(client, [what], 1);
  if (step === undefined) throw new Fault('There is nothing to send.');
  const given: Given = {
    draft: step.draft,
    environment: options.env ?? null,
    variables: Object.fromEntries((options.var ?? []).map(({ name, value }) => [name, value])),
  };
  const { request, problems, questions } = await client.replay.check(given);
  if (request === null) throw new Fault(`It cannot be sent: ${problems.map(({ says }) => says).join(' ')}`);
  const host = new URL(request.url).hostname.replace(/^\[|\]$/g, '');
  // Whoever is confirmed is who gets it: the load goes nowhere else.
  const { connectTo, redirects } = step.draft.settings;
  if (connectTo !== null || redirects > 0)
    throw new Fault(
      'A probe goes to the host of its address alone: leave connectTo and redirects out of the request.',
      EXIT.usage,
    );
  if (!isOwn(host) && options.host?.toLowerCase() !== host)
    throw new Fault(
      `${host} is somebody else’s, or looks so. Whoever may put load on it says so with --host ${host}. Nothing was sent.`,
      EXIT.usage,
    );
  if (questions.length > 0 && options.yes !== true) note(questions.map(({ says }) => says).join('\n'));
  if (questions.length > 0 && !(await confirm(options.yes))) return note('Nothing was sent.');

  const end = new AbortController();
  process.once('SIGINT', () => end.abort());
  const started = performance.now();
  const samples = await sendMany(client, given, options, started, end.signal);
  const result = sumUpProbe(samples, options.rate ?? null, performance.now() - started);
  await write(options.format === 'json' ? `${JSON.stringify(result)}\n` : tableOf(result));
}

/** Loopback and private networks (RFC 1918, RFC 4193): addresses alone, and names that stay on this machine. */
function isOwn(host: string): boolean {
  const kind = hostNameKind(host);
  const literal = isIP(host) === 0 ? null : hostLiteral(host);
  const reached = literal === null ? kind : addressKind(literal);
  return reached === 'loopback' || reached === 'private';
}

/** Begins sendings when they are due, as far as the ceiling lets it; those that are late begin as soon as they can. */
async function sendMany(
  client: EngineClient,
  given: Given,
  { rate, for: seconds, total = MOST_TOTAL, parallel }: ProbeOptions,
  started: number,
  signal: AbortSignal,
): Promise<ProbeSample[]> {
  const samples: ProbeSample[] = [];
  const running = new Set<Promise<void>>();
  const now = (): number => performance.now() - started;
  for (let index = 0; index < total && !signal.aborted; index += 1) {
    const planned = rate === undefined ? now() : (index * 1000) / rate;
    if (planned > seconds * 1000) break;
    const early = planned - now();
    if (early > 0) await sleep(early, undefined, { signal }).catch(() => {});
    while (running.size >= parallel && !signal.aborted) await Promise.race(running);
    if (signal.aborted) break;
    // Who was due within the time and could not begin waited in vain, and is counted.
    if (now() > seconds * 1000 && rate !== undefined) {
      samples.push({ planned, began: now(), took: null, status: null, failure: 'not begun in time' });
      continue;
    }
    if (now() > seconds * 1000) break;
    const one = sendOne(client, given, planned, now, signal).then((sample) => void samples.push(sample));
    running.add(one);
    void one.finally(() => running.delete(one));
  }
  await Promise.all(running);
  return samples;
}

async function sendOne(
  client: EngineClient,
  given: Given,
  planned: number,
  now: () => number,
  signal: AbortSignal,
): Promise<ProbeSample> {
  const sample: ProbeSample = { planned, began: now(), took: null, status: null, failure: 'cancelled' };
  try {
    for await (const moment of await client.replay.send({ ...given, confirmed: true }, { signal })) {
      if (moment.moment === 'head') sample.status = moment.status;
      else if (moment.moment === 'end') Object.assign(sample, { took: moment.afterUs / 1000, failure: null });
      else if (moment.moment === 'failed') Object.assign(sample, { took: moment.afterUs / 1000, failure: moment.kind });
    }
  } catch (error) {
    if (!signal.aborted) sample.failure = error instanceof Error ? error.message : String(error);
  }
  return sample;
}

function tableOf(result: ProbeResult): string {
  const { sent, outcomes, latency, service, wantedRate, reachedRate, tookMs, limited } = result;
  const rate = `${reachedRate.toFixed(1)}/s${wantedRate === null ? '' : ` of ${wantedRate}/s`}`;
  const lines = [
    `${sent} sent in ${(tookMs / 1000).toFixed(1)} s, ${rate}`,
    ...outcomes.map(
      ({ outcome, count }) =>
        `  ${outcome.padEnd(20)} ${String(count).padStart(7)}  ${((count * 100) / Math.max(1, sent)).toFixed(1)} %`,
    ),
    ...(latency === null ? [] : [`waited    ${rowOf(latency)}`]),
    ...(service === null ? [] : [`answered  ${rowOf(service)}`]),
    ...(limited > 0 ? [`${limited} answers said that it was too many.`] : []),
  ];
  return `${lines.join('\n')}\n`;
}

function rowOf({ p50, p90, p95, p99, max }: Percentiles): string {
  const text = (ms: number): string => (ms < 1000 ? `${ms.toFixed(1)} ms` : `${(ms / 1000).toFixed(2)} s`);
  return `p50 ${text(p50)}  p90 ${text(p90)}  p95 ${text(p95)}  p99 ${text(p99)}  max ${text(max)}`;
}
