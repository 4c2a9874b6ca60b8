import { setTimeout as sleep } from 'node:timers/promises';
import type { Sending } from '../../shared/contract/replay-schemas.ts';
import { formatDuration } from '../../shared/format/quantities.ts';
import type { DraftProblem, SafetyQuestion } from '../../shared/model/replay.ts';
import type { Step, StepResult } from '../../shared/model/sequence.ts';
import { extractValue, readExtraction, type Extraction } from '../../shared/replay/extract.ts';
import { checkAssertion, readAssertion, type AnswerFacts, type Assertion } from '../../shared/replay/assertions.ts';
import { writeJunit } from '../../shared/replay/junit.ts';
import { readJson } from '../../shared/replay/read-json.ts';
import { readText } from '../../shared/replay/read-text.ts';
import { decodeBody } from '../content/decode-body.ts';
import { dataFolder } from '../hosts/data-folder.ts';
import type { EngineClient } from '../hosts/engine-client.ts';
import { attachEngine } from './attach-engine.ts';
import { confirm } from './confirm.ts';
import { connect, connectOrFault } from './connect.ts';
import { EXIT, Fault } from './fault.ts';
import type { ReplayOptions } from './replay.ts';
import { chainSteps } from './chain-steps.ts';
import { readSteps } from './replay-steps.ts';
import { refusalFault } from './refusal-fault.ts';
import { runSequence } from './run-sequence.ts';
import { setDraft } from './set-draft.ts';
import { harmless, note, paint, write } from './terminal.ts';

/** Larger answers are not held to be judged here; they are recorded all the same. */
const MOST_HELD = 16 * 1024 * 1024;
/** More sendings than this ask first, whatever they are. */
const MANY = 20;

/** A variable for later steps. */
interface Taken {
  variable: string;
  from: Extraction;
}

type Environment = { environment: string | null; variables: Record<string, string> };

/** `sallyport replay`: sends what was asked for, judges every answer, and ends with 1 when one does not pass. */
export async function replayCalls(what: readonly string[], options: ReplayOptions): Promise<void> {
  const dataDir = dataFolder(options.data);
  const running = await connect(dataDir);
  // Where none runs one is started for as long as this takes.
  const held = running === null ? await attachEngine({ dataDir, leaseName: 'replay', reach: {} }) : null;
  const connection = running ?? (await connectOrFault(dataDir));
  try {
    await replayWith(connection.client, what, options);
  } catch (error) {
    throw refusalFault(error);
  } finally {
    await connection.close();
    await held?.release();
  }
}

async function replayWith(client: EngineClient, what: readonly string[], options: ReplayOptions): Promise<void> {
  const expected = (options.assert ?? []).map((text) => ({ text, read: readOrFault(text, '--assert') }));
  const listed = await readSteps(client, what, options.limit);
  const found = options.chain === true ? await chainSteps(client, listed) : listed;
  const steps = found.map(({ draft, ...step }): Step => {
    const set = setDraft(draft, options.set ?? []);
    const { idempotency = set.settings.idempotency } = options;
    return { ...step, draft: { ...set, settings: { ...set.settings, idempotency } } };
  });
  const own = steps.map(({ name, assertions }) => assertions.map((text) => readOrFault(text, name)));
  const taken = steps.map(({ name, extract }) =>
    Object.entries(extract).map(([variable, text]) => ({ variable, from: extractionOrFault(text, name) })),
  );
  const place: Environment = {
    environment: options.env ?? null,
    variables: Object.fromEntries((options.var ?? []).map(({ name, value }) => [name, value])),
  };
  // What an earlier step gives is there by the time it is wanted.
  const given = steps.map((_, index) => taken.slice(0, index).flatMap((one) => one.map(({ variable }) => variable)));
  if (options.parallel > 1 && given.some((names) => names.length > 0))
    throw new Fault(
      'Values flow from one request into the next here, so they cannot be sent at once: leave --parallel out.',
      EXIT.usage,
    );
  const looked = await Promise.all(
    steps.map(({ draft }, index) => {
      const variables = { ...Object.fromEntries((given[index] ?? []).map((name) => [name, 'x'])), ...place.variables };
      return client.replay.check({ draft, ...place, variables });
    }),
  );
  if (options.dryRun) return dryRun(steps, looked, options);
  const blocked = looked.findIndex(({ problems }) => problems.length > 0);
  if (blocked >= 0)
    throw new Fault(
      `${steps[blocked]?.name ?? ''} cannot be sent, and nothing was: ${problemsText(looked[blocked]?.problems ?? [])}`,
    );
  if (
    !(await isConfirmed(
      steps,
      looked.flatMap(({ questions }) => questions),
      options,
    ))
  ) {
    note('Nothing was sent.');
    return;
  }

  const started = Date.now() * 1000;
  const results: StepResult[] = [];
  const end = new AbortController();
  process.once('SIGINT', () => end.abort());
  const sender = {
    now: () => performance.now(),
    wait: (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal }).catch(() => {}),
    send: (step: Step, at: { step: number; round: number }, signal: AbortSignal) =>
      sendStep(
        client,
        step,
        at,
        { assertions: [...(own[at.step] ?? []), ...expected.map(({ read }) => read)], taken: taken[at.step] ?? [] },
        place,
        signal,
      ),
  };
  const run = {
    times: options.times,
    pace: options.rate ?? ({ kind: 'free' } as const),
    parallel: options.parallel,
    goOn: options.goOn ?? false,
  };
  for await (const result of runSequence(steps, run, sender, end.signal)) {
    results.push(result);
    if (options.format === 'ndjson') await write(`${JSON.stringify(recordOf(result))}\n`);
    else if (options.format === 'table') await write(lineOf(result, steps.length * options.times));
  }
  const tookUs = Date.now() * 1000 - started;
  if (options.format === 'junit') await write(writeJunit(results, { name: what.join(' '), at: started, tookUs }));
  const failed = results.filter(({ passed }) => !passed).length;
  const left = steps.length * options.times - results.length;
  if (options.format === 'table') note(summary(results.length, failed, left, tookUs));
  if (failed > 0 || left > 0) throw new Fault(failureText(results, left), EXIT.failed);
}

function readOrFault(text: string, where: string): Assertion {
  const read = readAssertion(text);
  if (!('says' in read)) return read;
  throw new Fault(`${where}: ${read.says}\n  ${text}\n  ${' '.repeat(read.at)}^`, EXIT.usage);
}

function extractionOrFault(text: string, where: string): Extraction {
  const read = readExtraction(text);
  if ('says' in read) throw new Fault(`${where}: ${read.says}`, EXIT.usage);
  return read;
}

/** Puts the values of an answer where later steps find them. One that is missing fails the step: the next would send nonsense. */
function takeValues(taken: readonly Taken[], facts: AnswerFacts, place: Environment, result: StepResult): void {
  for (const { variable, from } of taken) {
    const value = extractValue(from, facts);
    if (value !== null) place.variables[variable] = value;
    else if (result.passed)
      Object.assign(result, { passed: false, says: `There is no value for “${variable}” in the answer.` });
  }
}

/** Says what would be done, and asks once for all of it. */
async function isConfirmed(
  steps: readonly Step[],
  questions: readonly SafetyQuestion[],
  options: ReplayOptions,
): Promise<boolean> {
  const sendings = steps.length * options.times;
  const says = [...new Set(questions.map((one) => one.says))];
  if (sendings > MANY) {
    const hosts = new Set(steps.map(({ draft }) => /^[a-z]+:\/\/([^/?#]*)/i.exec(draft.url)?.[1] ?? draft.url));
    says.unshift(
      `${sendings} calls would be sent to ${[...hosts].slice(0, 5).join(', ')}${hosts.size > 5 ? ', …' : ''}.`,
    );
  }
  if (says.length === 0 || options.yes) return true;
  note(says.slice(0, 20).join('\n'));
  return confirm(options.yes);
}

async function dryRun(
  steps: readonly Step[],
  looked: readonly {
    request: { method: string; url: string; bodyBytes: number } | null;
    problems: readonly DraftProblem[];
    questions: readonly SafetyQuestion[];
  }[],
  { format }: ReplayOptions,
): Promise<void> {
  for (const [index, { request, problems, questions }] of looked.entries()) {
    const step = steps[index];
    if (step === undefined) continue;
    const { method, url } = request ?? step.draft;
    if (format === 'ndjson')
      await write(
        `${JSON.stringify({ step: index, name: step.name, replayOf: step.origin, method, url, bodyBytes: request?.bodyBytes ?? null, problems, questions })}\n`,
      );
    else {
      await write(
        `${problems.length === 0 ? 'would send' : paint('red', 'cannot send')}  ${harmless(`${method} ${url}`)}\n`,
      );
      for (const { says } of [...problems, ...questions]) await write(`    ${harmless(says)}\n`);
    }
  }
  const blocked = looked.filter(({ problems }) => problems.length > 0).length;
  if (blocked > 0) throw new Fault(`${blocked} of ${steps.length} cannot be sent as they are. Nothing was sent.`);
  note('Nothing was sent.');
}

/** Sends one step and judges its answer. Never rejects. */
async function sendStep(
  client: EngineClient,
  step: Step,
  { step: index, round }: { step: number; round: number },
  { assertions, taken }: { assertions: readonly Assertion[]; taken: readonly Taken[] },
  place: Environment,
  signal: AbortSignal,
): Promise<StepResult> {
  const result: StepResult = {
    step: index,
    round,
    name: step.name,
    method: step.draft.method,
    url: step.draft.url,
    call: null,
    origin: step.origin,
    status: null,
    recordedStatus: null,
    tookUs: null,
    comparison: null,
    assertions: [],
    passed: false,
    says: null,
  };
  try {
    const came = await receive(
      await client.replay.send({ draft: step.draft, confirmed: true, ...place }, { signal }),
      result,
    );
    if (came.failure === null) await client.system.flush();
    const call = result.call !== null && result.call > 0 ? await client.calls.get({ id: result.call }) : null;
    const facts = await factsOf(came, result, call?.cost?.nanoUsd ?? null);
    result.assertions = assertions.map((one) => checkAssertion(one, facts));
    if (step.origin !== null && call !== null) {
      result.comparison = await client.replay.compare({ before: step.origin, after: call.id });
      result.recordedStatus = result.comparison.status.before;
    }
    judge(result, came.failure);
    takeValues(taken, facts, place, result);
  } catch (error) {
    result.says = error instanceof Error ? error.message : String(error);
  }
  return result;
}

interface Came {
  headers: [string, string][];
  pieces: Buffer[];
  bytes: number;
  failure: string | null;
}

async function receive(moments: AsyncIterable<Sending>, result: StepResult): Promise<Came> {
  const came: Came = { headers: [], pieces: [], bytes: 0, failure: 'The engine ended.' };
  for await (const moment of moments) {
    switch (moment.moment) {
      case 'sent':
        Object.assign(result, { call: moment.call, method: moment.method, url: moment.url });
        Object.assign(came, { headers: [], pieces: [], bytes: 0 });
        break;
      case 'head':
        Object.assign(result, { status: moment.status });
        came.headers = moment.headers;
        break;
      case 'data': {
        const bytes = Buffer.from(moment.base64, 'base64');
        came.bytes += bytes.length;
        if (came.bytes <= MOST_HELD) came.pieces.push(bytes);
        break;
      }
      case 'end':
        Object.assign(result, { tookUs: moment.afterUs });
        came.failure = null;
        break;
      case 'failed':
        Object.assign(result, { tookUs: moment.afterUs });
        came.failure = moment.says;
        break;
      case 'message':
        break;
    }
  }
  return came;
}

async function factsOf(
  { headers, pieces, bytes }: Came,
  { status, tookUs }: StepResult,
  nanoUsd: number | null,
): Promise<AnswerFacts> {
  const named = (name: string): string | null => headers.find(([one]) => one.toLowerCase() === name)?.[1] ?? null;
  const decoded = await decodeBody(Buffer.concat(pieces), named('content-encoding'));
  const text = bytes > MOST_HELD || decoded.left.length > 0 ? null : readText(decoded.bytes, named('content-type'));
  return { status, headers, text, json: text === null ? undefined : readJson(text), durationUs: tookUs, nanoUsd };
}

/** Without expectations an answer passes that is not worse than the recorded one, or that is no error where none was recorded. */
function judge(result: StepResult, failure: string | null): void {
  const broken = result.assertions.find(({ passed }) => !passed);
  if (failure !== null) result.says = failure;
  else if (broken) result.says = `${broken.text}: ${broken.says}`;
  else if (result.assertions.length > 0) result.says = null;
  else if (result.comparison?.verdict === 'broken') result.says = result.comparison.says;
  else if (result.comparison === null && (result.status ?? 0) >= 400) result.says = `The status is ${result.status}.`;
  result.passed = result.says === null;
}

/** What scripts read; the names are a promise. */
function recordOf(result: StepResult): Record<string, unknown> {
  const {
    step,
    round,
    name,
    method,
    url,
    call,
    origin,
    status,
    recordedStatus,
    tookUs,
    comparison,
    assertions,
    passed,
    says,
  } = result;
  return {
    step,
    round,
    name,
    method,
    url,
    call,
    replayOf: origin,
    status,
    recordedStatus,
    durationMs: tookUs === null ? null : tookUs / 1000,
    verdict: comparison?.verdict ?? null,
    comparison: comparison?.says ?? null,
    assertions,
    passed,
    says,
  };
}

function lineOf(
  { passed, status, tookUs, method, url, call, comparison, says, round }: StepResult,
  all: number,
): string {
  const mark = passed ? paint('green', 'passed') : paint('red', 'failed');
  const count = all > 1 && round > 1 ? ` (${round})` : '';
  const verdict = comparison === null ? '' : `  ${comparison.verdict}`;
  const head = `${mark}  ${String(status ?? '–').padStart(3)}  ${formatDuration(tookUs).padStart(8)}  ${harmless(`${method} ${url}`)}${count}${verdict}${call === null || call === 0 ? '' : `  call ${call}`}\n`;
  const why = says ?? (comparison !== null && comparison.verdict !== 'same' ? comparison.says : null);
  return why === null ? head : `${head}        ${harmless(why)}\n`;
}

function summary(sent: number, failed: number, left: number, tookUs: number): string {
  return `${sent} sent in ${formatDuration(tookUs)}: ${sent - failed} passed, ${failed} failed${left > 0 ? `, ${left} not sent` : ''}.`;
}

function failureText(results: readonly StepResult[], left: number): string {
  const failed = results.filter(({ passed }) => !passed);
  const [first] = failed;
  if (first === undefined) return `${left} were not sent.`;
  const more = left > 0 ? ` ${left} were not sent; --go-on sends them all the same.` : '';
  return `${failed.length} of ${results.length} did not pass: ${first.name}: ${first.says ?? ''}${more}`;
}

function problemsText(problems: readonly DraftProblem[]): string {
  return problems.map(({ says }) => says).join(' ');
}
