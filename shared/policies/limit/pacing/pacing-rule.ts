import type { LimitReading, LimitSignal } from '../../../model/limit-signal.ts';
import type { DecisionNumbers, Policy } from '../../../model/policy.ts';
import type { ExchangeHead } from '../../../vendors/exchange.ts';
import { withModel } from '../../../vendors/limits/limit-key.ts';
import { fieldReader } from '../../counter-key.ts';
import type { CallFacts } from '../../facts.ts';
import type { Gauge, Opinion, Rule, RuleSurroundings } from '../../kind.ts';
import { createCounters, keyText } from '../counters.ts';
import { meterOf } from '../meter-of.ts';
import type { LimitSettings } from '../settings.ts';
import { createSteadyClock } from '../steady-clock.ts';
import { turnOf, weightsOf } from '../turn.ts';
import { createWaitingRoom } from '../waiting-room.ts';
import { brakeOpensAt, holdOff, passBrake, slowDown, wentWell } from './brake.ts';
import { createBucket, hear, leftAt, opensAt, send, spend, weightIn } from './bucket.ts';
import type { Bucket, Weight } from './bucket.ts';
import { explainPacing } from './explain-pacing.ts';
import { createPartitions } from './partition.ts';
import type { Gate, Lane, PacedWaiter, Partition } from './partition.ts';
import { restorePartitions, savePartitions } from './saved-partitions.ts';

/** The first call of its kind goes alone, so that its answer tells of limits; others wait for it, but no longer than this. */
const FIRST_ANSWER = 2_000_000;
/** A quota that is used up is tried again so often, when nobody says until when. */
const QUOTA_AGAIN = 60_000_000;
const CAP_CUT = 0.75;
const MOST_RESOURCES = 100;

/** A call on its way, and what it was taken for in each bucket. */
interface Sent {
  lane: Lane;
  at: number;
  buckets: Bucket[];
  needs: number[];
  weight: Weight;
  gate: Gate | null;
  heard: boolean;
}

/** Stays under what the vendor’s own answers say is left, before any refusal; and takes refusals as what they are. */
export function createPacingRule(policy: Policy, settings: LimitSettings, around: RuleSurroundings): Rule {
  const { per, maxWait, reserve, ahead } = settings;
  const clock = createSteadyClock();
  const partitions = createPartitions();
  const flying = new Map<number, Sent>();
  const own = settings.limit === null ? null : meterOf(settings, clock).meter;
  const gates =
    own === null
      ? null
      : createCounters<Gate>(
          per,
          (values, at) => ({ key: keyText(per, values), count: own.fresh(at) }),
          (gate, at) => own.idle(gate.count, at),
        );
  const turn = turnOf(settings);
  const flowOf = fieldReader(settings.fairBy);

  /** When a call may leave; `why` is left behind for who asks. */
  let why = 'fits';
  let binding: Bucket | null = null;
  const readyAt = (lane: Lane, weight: Weight, gate: Gate | null, since: number, at: number): number => {
    const { partition } = lane;
    why = 'fits';
    binding = null;
    let ready = at;
    if (partition.quotaUntil > at) {
      why = 'vendor-quota';
      return partition.quotaUntil;
    }
    const later = (moment: number, because: string, bucket: Bucket | null): void => {
      if (moment <= ready) return;
      ready = moment;
      why = because;
      binding = bucket;
    };
    if (gate !== null && own !== null) later(own.readyAt(gate.count, 1, 0, at), 'own-limit', null);
    later(
      brakeOpensAt(lane.brake, lane.brake === partition.brake ? partition.running : lane.running, at),
      'vendor-said',
      null,
    );
    if (partition.running >= Math.floor(partition.cap)) later(Infinity, 'vendor-concurrency', null);
    const sure = ready;
    for (const bucket of lane.buckets) {
      later(
        opensAt(bucket, weightIn(bucket, weight), reserve, ahead, at),
        bucket.closedUntil > at && bucket.quota ? 'vendor-quota' : 'vendor-headroom',
        bucket,
      );
    }
    if (lane.known) return ready;
    if (lane.running > 0) later(lane.askedAt + FIRST_ANSWER, 'first-answer', null);
    // What is only a guess holds nobody for long.
    return Math.max(sure, Math.min(ready, Math.max(at, since + FIRST_ANSWER)));
  };
  const depart = (call: number, lane: Lane, weight: Weight, gate: Gate | null, at: number): void => {
    const { partition, buckets } = lane;
    const needs: number[] = [];
    for (const bucket of buckets) {
      const need = weightIn(bucket, weight);
      send(bucket, need, reserve, at);
      needs.push(need);
    }
    if (gate !== null) own?.take(gate.count, 1, at);
    passBrake(lane.brake, at);
    partition.running += 1;
    partition.usedAt = at;
    if (lane.running === 0) lane.askedAt = at;
    lane.running += 1;
    flying.set(call, { lane, at, buckets, needs, weight, gate, heard: false });
  };
  const room = createWaitingRoom<PacedWaiter, Lane>({
    maxWait,
    ageing: settings.ageing,
    weightOf: weightsOf(settings),
    readyAt: (lane, waiter, at) => readyAt(lane, waiter.weight, waiter.gate, waiter.at, at),
    take: (lane, waiter, at) => depart(waiter.call, lane, waiter.weight, waiter.gate, at),
  });
  const stirAll = (partition: Partition, at: number): void => {
    if (room.size === 0) return;
    for (const lane of waitingLanes) {
      if (lane.queue === null) waitingLanes.delete(lane);
      else if (lane.partition === partition) room.stir(lane, at);
    }
  };
  const waitingLanes = new Set<Lane>();

  const weightOf = (facts: CallFacts): Weight => ({
    input: facts.estimate?.inputTokens ?? NaN,
    output: facts.estimate?.maxOutput ?? NaN,
    bytes: facts.requestBytes ?? NaN,
  });
  const find = (facts: CallFacts, at: number): Lane =>
    partitions.laneOf(partitions.find(facts.credential, facts.host, at), facts);
  const gateOf = (facts: CallFacts, at: number): Gate | null => gates?.get(facts, at) ?? null;

  const numbersOf = (lane: Lane, bucket: Bucket | null, gate: Gate | null, at: number): DecisionNumbers => {
    const { credential, host } = lane.partition;
    if (bucket === null && gate !== null && own !== null) {
      const used = Math.max(0, Math.ceil(own.used(gate.count, at) - 1e-6));
      const limit = own.limit(gate.count);
      return {
        key: gate.key,
        unit: 'calls',
        limit,
        used,
        remaining: Math.max(0, limit - used),
        resetAt: clock.wall(own.resetAt(gate.count, at)),
        waitUs: null,
        retryAt: null,
      };
    }
    const key = `${credential === null ? '' : `credential=${credential} `}host=${host}`;
    if (bucket === null)
      return {
        key,
        unit: 'calls',
        limit: null,
        used: null,
        remaining: null,
        resetAt: null,
        waitUs: null,
        retryAt: null,
      };
    return {
      key: `${key} resource=${bucket.resource.replaceAll(' ', '%20')}`,
      waitUs: null,
      retryAt: null,
      ...standingOf(bucket, at),
    };
  };
  const standingOf = (
    bucket: Bucket,
    at: number,
  ): Pick<DecisionNumbers, 'unit' | 'limit' | 'used' | 'remaining' | 'resetAt'> => {
    const left = leftAt(bucket, at) - bucket.flying;
    const known = left !== Infinity;
    const { limit, refill } = bucket;
    const fullAt =
      bucket.resetAt !== null && bucket.resetAt > at
        ? bucket.resetAt
        : refill > 0 && limit !== null && known
          ? at + Math.max(0, limit - left) / refill
          : null;
    return {
      unit:
        bucket.unit === 'requests'
          ? 'calls'
          : bucket.unit === 'tokens' || bucket.unit === 'bytes'
            ? bucket.unit
            : bucket.unit === 'concurrency'
              ? 'concurrent'
              : 'units',
      limit,
      used: known && limit !== null ? Math.max(0, Math.round(limit - left)) : null,
      remaining: known ? Math.max(0, Math.floor(left)) : null,
      resetAt: fullAt === null ? null : Math.round(clock.wall(fullAt)),
    };
  };
  /** The one that has least left of what it holds. */
  const scarcest = (lane: Lane, at: number): Bucket | null => {
    let found: Bucket | null = null;
    let least = Infinity;
    for (const bucket of lane.buckets) {
      const share = (leftAt(bucket, at) - bucket.flying) / (bucket.limit ?? Infinity);
      if (share < least) [found, least] = [bucket, share];
    }
    return found;
  };
  const say = (verdict: Opinion['verdict'], because: string, numbers: DecisionNumbers): Opinion => ({
    verdict,
    because,
    numbers,
  });

  const bucketOf = (partition: Partition, signal: LimitSignal, at: number): Bucket => {
    let bucket = partition.buckets.get(signal.resource);
    if (!bucket) {
      if (partition.buckets.size >= MOST_RESOURCES) partition.buckets.clear();
      partition.buckets.set(signal.resource, (bucket = createBucket(signal, partition.host, at)));
    }
    return bucket;
  };
  const refused = (lane: Lane, reading: LimitReading, buckets: Bucket[], sentAt: number, at: number): void => {
    const { partition, brake } = lane;
    const back = reading.retryAt === null ? null : clock.steady(reading.retryAt);
    const empty = buckets.filter((_, index) => reading.signals[index]?.remaining === 0);
    switch (reading.throttle) {
      case 'vendor-quota': {
        const until = back ?? at + QUOTA_AGAIN;
        // Whether there is something again, one call may find out.
        brake.careful = true;
        if (empty.length === 0) partition.quotaUntil = Math.max(partition.quotaUntil, until);
        for (const bucket of empty) {
          bucket.closedUntil = Math.max(bucket.closedUntil, until);
          bucket.quota = true;
          if (back === null && bucket.resetAt === null) bucket.left = Infinity;
        }
        return;
      }
      case 'vendor-overload':
        brake.careful = true;
        if (back === null) holdOff(brake, around.random(), at);
        break;
      case 'vendor-concurrency':
        partition.cap = Math.max(1, Math.floor(Math.min(partition.cap, partition.running) * CAP_CUT));
        break;
      case 'vendor-rate':
        if (empty.length > 0 && back !== null) {
          for (const bucket of empty) {
            bucket.closedUntil = Math.max(bucket.closedUntil, back);
            bucket.quota = false;
          }
          return;
        }
        if (buckets.length === 0) slowDown(brake, sentAt, at);
        else if (back === null) {
          // It fits what is left less than was thought: it needs more.
          for (const bucket of buckets) {
            if (bucket.unit === 'requests') continue;
            const more = Math.max((Number.isNaN(bucket.typical) ? 1 : bucket.typical) * 2, leftAt(bucket, at) + 1);
            bucket.typical = Math.min(bucket.limit ?? more, more);
          }
        }
        break;
      default:
    }
    if (back !== null && reading.throttle !== 'ours') brake.until = Math.max(brake.until, back);
  };
  /** Calls that left before it was known what holds for them are on their way all the same. */
  const countIn = (lane: Lane, buckets: readonly Bucket[]): void => {
    for (const sent of flying.values()) {
      if (sent.lane !== lane || sent.heard) continue;
      for (const bucket of buckets) {
        if (sent.buckets.includes(bucket)) continue;
        const need = weightIn(bucket, sent.weight);
        bucket.flying += need;
        sent.buckets = [...sent.buckets, bucket];
        sent.needs.push(need);
      }
    }
  };
  const leave = (call: number, sent: Sent, at: number): void => {
    flying.delete(call);
    sent.lane.running -= 1;
    sent.lane.partition.running -= 1;
    stirAll(sent.lane.partition, at);
  };

  return {
    needs: { signals: true, body: true },
    look(facts, now) {
      const at = clock.read(now);
      const lane = find(facts, at);
      const gate = gateOf(facts, at);
      const ready = readyAt(lane, weightOf(facts), gate, at, at);
      const { queue } = lane;
      if (ready <= at && queue === null) {
        const numbers = numbersOf(lane, scarcest(lane, at), gate, at);
        return say('allow', 'fits', numbers);
      }
      const because = why;
      const numbers = numbersOf(lane, binding, because === 'own-limit' ? gate : null, at);
      if (ready !== Infinity && ready > at) numbers.retryAt = Math.round(clock.wall(ready));
      if (because === 'first-answer' && settings.action === 'reject') return say('allow', 'fits', numbers);
      if (because === 'vendor-quota' || settings.action === 'reject') return say('deny', because, numbers);
      if (queue !== null && queue.sizeUpTo(turn.priorityOf(facts)) >= settings.queue)
        return say('deny', 'queue-full', numbers);
      if (ready !== Infinity && ready - at > maxWait) return say('deny', 'wait-too-long', numbers);
      numbers.waitUs = ready === Infinity || queue !== null ? null : ready - at;
      return say('wait', because, numbers);
    },
    explain: (facts, opinion) => explainPacing(policy, settings, around.zone, facts, opinion),
    take(facts, now) {
      if (flying.has(facts.call) || room.has(facts.call)) return;
      const at = clock.read(now);
      depart(facts.call, find(facts, at), weightOf(facts), gateOf(facts, at), at);
    },
    enqueue(facts, now) {
      if (flying.has(facts.call) || room.has(facts.call)) return;
      const at = clock.read(now);
      const lane = find(facts, at);
      const waiter: PacedWaiter = {
        call: facts.call,
        cost: 1,
        at,
        priority: turn.priorityOf(facts),
        flow: flowOf(facts),
        weight: weightOf(facts),
        gate: gateOf(facts, at),
      };
      waitingLanes.add(lane);
      room.enter(lane, waiter, at);
    },
    dequeue(call, now) {
      room.leave(call, clock.late(now));
    },
    get due() {
      return room.dueAt === Infinity ? null : Math.ceil(clock.wall(room.dueAt));
    },
    advance(now, let_, refuse) {
      const at = clock.read(now);
      room.advance(
        at,
        (_, waiter) => let_(waiter.call),
        (lane, waiter) => {
          const ready = readyAt(lane, waiter.weight, waiter.gate, waiter.at, at);
          const numbers = numbersOf(lane, binding, why === 'own-limit' ? waiter.gate : null, at);
          numbers.waitUs = at - waiter.at;
          if (ready !== Infinity && ready > at) numbers.retryAt = Math.round(clock.wall(ready));
          refuse(waiter.call, say('deny', 'waited-too-long', numbers));
        },
      );
    },
    heard(facts, said, status, now) {
      const at = clock.late(now);
      const sent = flying.get(facts.call) ?? null;
      const { host, model } = facts;
      // Of a head, only host and vendor count here.
      const head = { host, recognised: { vendor: { id: facts.vendor ?? host } } } as ExchangeHead;
      const named = model !== null && said.signals.some(({ resource }) => resource.endsWith(` ${model}`));
      const reading = named ? said : withModel(head, said, model);
      const partition = sent?.lane.partition ?? partitions.find(facts.credential, host, at);
      const buckets: Bucket[] = [];
      for (const signal of reading.signals) {
        const bucket = bucketOf(partition, signal, at);
        const place = sent === null || sent.heard ? -1 : sent.buckets.indexOf(bucket);
        const needed = place < 0 ? 0 : sent!.needs[place]!;
        const resetAt = signal.resetAt === null ? null : clock.steady(signal.resetAt);
        hear(bucket, signal, sent?.at ?? NaN, needed, resetAt, at);
        if (!buckets.includes(bucket)) buckets.push(bucket);
      }
      if (sent !== null && !sent.heard) {
        sent.heard = true;
        for (const [index, bucket] of sent.buckets.entries())
          if (!buckets.includes(bucket))
            spend(bucket, reading.throttle === null ? sent.needs[index]! : 0, at, sent.needs[index]!);
      }
      const from = sent?.lane ?? partitions.laneOf(partition, facts);
      // Refusals of the fast kind may name less than holds.
      if (buckets.length > 0 && (reading.throttle === null || !from.known)) {
        if (!from.known) countIn(from, buckets);
        partitions.learn(from, facts, buckets);
      } else if (reading.throttle !== null && !from.known && buckets.length === 0) from.known = true;
      if (reading.throttle !== null || reading.retryAt !== null) refused(from, reading, buckets, sent?.at ?? at, at);
      else if (status < 400) wentWell(from.brake, at);
      stirAll(partition, at);
    },
    ended(facts, outcome, now) {
      const { call } = facts;
      const at = clock.late(now);
      const sent = flying.get(call);
      if (!sent) {
        room.leave(call, at);
        return;
      }
      const { lane } = sent;
      if (!sent.heard) {
        for (const [index, bucket] of sent.buckets.entries())
          spend(bucket, outcome.left ? sent.needs[index]! : 0, at, sent.needs[index]!);
        // It answered, and said nothing: nothing is known to hold.
        if (outcome.left && outcome.status !== null && !lane.known) partitions.learn(lane, facts, []);
      }
      if (!outcome.left && sent.gate !== null) own?.amend(sent.gate.count, -1, sent.at, at);
      const well = outcome.left && outcome.status !== null && outcome.status < 400;
      if (well && !sent.heard) wentWell(lane.brake, at);
      const { partition } = lane;
      if (well && partition.cap !== Infinity && partition.running >= partition.cap * 0.5)
        partition.cap += 1 / Math.max(1, partition.cap);
      leave(call, sent, at);
    },
    gauges(now, most) {
      const at = clock.late(now);
      const all: Gauge[] = [];
      for (const partition of partitions.all()) {
        let waiting = 0;
        for (const lane of waitingLanes) if (lane.partition === partition) waiting += lane.queue?.size ?? 0;
        for (const bucket of partition.buckets.values()) {
          const key = `${partition.credential === null ? '' : `credential=${partition.credential} `}host=${partition.host} resource=${bucket.resource.replaceAll(' ', '%20')}`;
          all.push({
            key,
            ...standingOf(bucket, at),
            waitUs: null,
            retryAt: null,
            reserved: null,
            waiting,
            running: partition.running,
          });
        }
      }
      const share = ({ used, limit }: Gauge): number => (limit === null || limit === 0 ? 0 : (used ?? 0) / limit);
      return all.toSorted((one, other) => share(other) - share(one)).slice(0, most);
    },
    save: (now) => savePartitions(partitions, clock, clock.late(now)),
    restore(saved, now) {
      restorePartitions(saved, partitions, clock);
      clock.read(now);
    },
  };
}
