import { countOf } from '../../../../shared/format/quantities.ts';
import type { PolicySet } from '../../../../shared/policies/governor.ts';
import type { HistoryReader } from '../../store/history-rows.ts';
import type { PictureReader } from '../../store/picture-rows.ts';
import { saidOfKeeping, tryCache } from './cache.ts';
import { countCalls } from './count-calls.ts';
import { countedBy } from './counted-by.ts';
import { sumDemand } from './demand.ts';
import { headroomIn } from './headroom-in-window.ts';
import { kneeOf } from './knee.ts';
import type { KeptHistory, Recorded } from './kept-history.ts';
import { priceAnew } from './price.ts';
import { createProgress } from './progress.ts';
import type { Progress } from './progress.ts';
import type { Asked, AskWhatIf, SweepPoint, WhatIfName, WhatIfs } from './questions.ts';
import { readCandidate, settingOf, withSetting } from './read-candidate.ts';
import type { BadPolicies, ReadCandidate } from './read-candidate.ts';
import { recommendLimit } from './recommend.ts';
import { runPolicies } from './run-policies.ts';
import { unknownsOfHistory } from './unknowns.ts';
import { warmCounters } from './warm-counters.ts';

type Work<Name extends WhatIfName> = Generator<Progress | undefined, WhatIfs[Name][1]>;

/** Share of the whole that reading columns takes, by experience. */
const READING = 0.5;
/** Answers whose headers are looked at, of those that a cache would have given again. */
const LOOKED_AT = 500;

/**
 * Answers questions about what would have been. Generators: each pause is a moment to let others in or to give it up; what
 * they yield says how far it is.
 */
export function createAnswers(given: {
  reader: HistoryReader & Pick<PictureReader, 'limits'>;
  kept: KeptHistory;
}): (ask: AskWhatIf) => Generator<Progress | undefined, unknown> {
  const { reader, kept } = given;

  function* backtest({ candidates, only, ...asked }: WhatIfs['backtest'][0]): Work<'backtest'> {
    const sets: PolicySet[] = [];
    for (const text of candidates) {
      const read = readCandidate(text, only);
      if ('problem' in read) return read;
      sets.push(read.set);
    }
    const progress = createProgress();
    const recorded = yield* progress.reading(kept.read(asked), READING);
    const run = runPolicies(recorded, reader, sets, asked);
    return { results: yield* progress.working(run, recorded.to - recorded.from, READING) };
  }

  function* sweep({ policy, setting, from, to, steps, ...asked }: WhatIfs['sweep'][0]): Work<'sweep'> {
    const read = readOne(policy);
    if ('problem' in read) return read;
    if (to <= from)
      return {
        problem: 'bad-what-if',
        why: 'A setting is tried from a lower to a higher value.',
        remedy: 'Give a higher `to`.',
      };
    const values = valuesOf(read, setting, from, to, steps);
    const sets: PolicySet[] = [];
    for (const value of values) {
      const tried = readCandidate(withSetting(read, setting, value));
      if ('problem' in tried) return { ...tried, problems: tried.problems.map(ofSetting(setting, value)) };
      sets.push(tried.set);
    }
    const progress = createProgress();
    const recorded = yield* progress.reading(kept.read(asked), READING);
    const points: SweepPoint[] = [];
    for (const [index, set] of sets.entries()) {
      const at = READING + ((1 - READING) * index) / sets.length;
      const run = runPolicies(recorded, reader, [set], asked);
      const [[result] = []] = yield* progress.working(
        run,
        recorded.to - recorded.from,
        at,
        at + (1 - READING) / sets.length,
      );
      points.push({
        value: values[index]!,
        denied: result?.denied ?? 0,
        delayed: result?.delayed ?? 0,
        delayP99Ms: result?.delayMs?.p99 ?? 0,
        savedNanoUsd: result?.savedNanoUsd ?? null,
        vendor429sAvoided: result?.vendor429sAvoided ?? 0,
      });
    }
    const hit = points.map(({ denied, delayed }) => denied + delayed);
    return { points, knee: kneeOf(values, hit) };
  }

  function* demand({ policy, ...asked }: WhatIfs['demand'][0]): Work<'demand'> {
    const read = readOne(policy);
    if ('problem' in read) return read;
    const progress = createProgress();
    const recorded = yield* progress.reading(kept.read(asked), READING);
    return (yield* demandOf(read, recorded, asked, progress)).demand;
  }

  function* demandOf(
    read: ReadCandidate,
    recorded: Recorded,
    asked: Asked,
    progress: ReturnType<typeof createProgress>,
  ) {
    const by = countedBy(read.set.policies[0]!, read.set.zone);
    const counting = countCalls(recorded, read.set, by.per);
    const counted = yield* progress.working(counting, recorded.to - recorded.from, READING, 0.75);
    const hosts = new Set(counted.map(({ row }) => recorded.callerOf(recorded.history.combination[row]!).host));
    const sums =
      counted.length === 0 ? [] : reader.limits({ since: asked.since, until: asked.until, hosts: [...hosts] });
    const { unknownCalls, ...summed } = sumDemand(recorded, counted, by);
    return { demand: { ...summed, headroom: headroomIn(sums, by) }, by, unknownCalls };
  }

  function* recommend({ policy, safety, ...asked }: WhatIfs['recommend'][0]): Work<'recommend'> {
    const read = readOne(policy);
    if ('problem' in read) return read;
    const progress = createProgress();
    const recorded = yield* progress.reading(kept.read(asked), READING);
    const summed = yield* demandOf(read, recorded, asked, progress);
    if (summed.demand.calls === 0)
      return {
        problem: 'bad-what-if',
        why: 'No recorded call of this time is one that the policy is about, so nothing speaks for a limit.',
        remedy: 'Choose a longer time, or match more calls.',
      };
    const { limit, says } = recommendLimit(summed, safety);
    const text = withSetting(read, 'limit', summed.by.unit === 'nano-dollars' ? limit / 1e9 : limit);
    const tried = readCandidate(text);
    if ('problem' in tried) return tried;
    const run = runPolicies(recorded, reader, [tried.set], asked);
    const [[result] = []] = yield* progress.working(run, recorded.to - recorded.from, 0.75);
    const { denied, delayed, matched } = result!;
    return {
      text,
      limit: summed.by.unit === 'nano-dollars' ? limit / 1e9 : limit,
      says: [
        ...says,
        `On the ${countOf(matched, 'call')} of this time it would have refused ${denied} and delayed ${delayed}.`,
      ],
      result: result!,
    };
  }

  function* price({ vendor, model, factor, ...asked }: WhatIfs['price'][0]): Work<'price'> {
    const progress = createProgress();
    const recorded = yield* progress.reading(kept.read(asked), 0.9);
    return yield* progress.working(priceAnew(recorded, { vendor, model, factor }), recorded.to - recorded.from, 0.9);
  }

  function* cache({ ttls, ...asked }: WhatIfs['cache'][0]): Work<'cache'> {
    const progress = createProgress();
    const recorded = yield* progress.reading(kept.read(asked), READING);
    const { history, from, to } = recorded;
    const trial = yield* progress.working(tryCache(recorded, ttls, LOOKED_AT), to - from, READING);
    const header = (row: number, name: string): string | null => reader.responseHeader(history.id[row]!, name);
    return {
      points: trial.points,
      unknowns: [
        'Only GET and HEAD are tried; calls count as the same by method, address, fingerprint of their secret and body, and no other header is compared.',
        ...saidOfKeeping(trial.givenAgain, header),
        ...(trial.bodiesNotKept > 0
          ? [`${countOf(trial.bodiesNotKept, 'call')} had a body that was not kept; they are left out.`]
          : []),
        'What changed at the vendor in the meantime is not known: an answer that is given again may be an old one.',
        ...unknownsOfHistory(recorded, reader, asked).slice(1),
      ],
    };
  }

  return (ask) => {
    switch (ask.name) {
      case 'backtest':
        return backtest(ask.question);
      case 'sweep':
        return sweep(ask.question);
      case 'demand':
        return demand(ask.question);
      case 'recommend':
        return recommend(ask.question);
      case 'price':
        return price(ask.question);
      case 'warm':
        return warmCounters(kept, ask.question);
      case 'cache':
        return cache(ask.question);
    }
  };
}

/** Reads a text that is about one policy. */
function readOne(text: string): ReadCandidate | BadPolicies {
  const read = readCandidate(text);
  if ('problem' in read || read.set.policies.length === 1) return read;
  return {
    problem: 'bad-policies',
    problems: [{ line: 1, column: 1, says: 'Only one policy can be tried this way; give it alone.' }],
  };
}

/** From low to high in equal steps, whole where the setting is. */
function valuesOf(read: ReadCandidate, setting: string, from: number, to: number, steps: number): number[] {
  const now = settingOf(read, setting);
  const whole = Number.isInteger(from) && Number.isInteger(to) && (now === null || Number.isInteger(now));
  const values = Array.from({ length: steps }, (_, index) => {
    const value = from + ((to - from) * index) / (steps - 1);
    return whole ? Math.round(value) : Number(value.toPrecision(6));
  });
  return [...new Set(values)];
}

function ofSetting(setting: string, value: number) {
  return <T extends { says: string }>(problem: T): T => ({
    ...problem,
    says: `With ${setting} ${value}: ${problem.says}`,
  });
}
