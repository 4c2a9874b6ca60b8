import { UNRECORDED, type Emit } from '../../../shared/events/call-event.ts';
import type { CallMetered } from '../../../shared/model/policy.ts';
import type { LimitReading } from '../../../shared/model/limit-signal.ts';
import type { Needs } from '../../../shared/policies/facts.ts';
import { createGovernor } from '../../../shared/policies/create-governor.ts';
import type {
  CarriedRule,
  Governor,
  GovernorSurroundings,
  PolicySet,
  Ruling,
  SavedCounters,
} from '../../../shared/policies/governor.ts';
import type { Gauge } from '../../../shared/policies/kind.ts';
import type { AnswerHead, OutboundRequest } from '../pipeline/dispatch.ts';
import type { Governing } from '../pipeline/stages/govern.ts';
import { LiveCall, type CallSurroundings } from './live-call.ts';
import { createWarmUp, findBehind, type WarmQuestion } from './warm-up.ts';
import { RequestFacts, type Asked, type FactSources } from './request-facts.ts';

/** The policies in force, at work on the calls that pass. */
export interface LiveGovernor extends Governing {
  readonly set: PolicySet;
  /** Null: no policy has anything to say of it. For calls that agents ask about. */
  meetCall(asked: Asked): LiveCall | null;
  /** Puts a set in force; counters stay, by policy id. */
  apply(set: PolicySet): void;
  metered(call: number, metered: CallMetered): void;
  gauges(policy: string, most: number): Gauge[];
  counters(): SavedCounters;
  /** Counters are made up for just now: they must not be kept. */
  readonly warming: boolean;
  restore(saved: SavedCounters): void;
  /** Held calls, the oldest first. */
  readonly held: Iterable<LiveCall>;
  /** Called when a call begins or ceases to be held. */
  onHeld(listener: () => void): () => void;
  /** A person's word on a call that is asked about; gives how many calls were let go or refused by it, 0 when it waits no more. `rememberUs` as of the governor. */
  answer(call: number, verdict: 'allow' | 'deny', rememberUs?: number): number;
  /** Policies that threw since the start, by id, and when they did last (µs since the epoch). */
  readonly faults: ReadonlyMap<string, { count: number; at: number }>;
  stop(): void;
}

export interface LiveOptions {
  create?: (set: PolicySet, around: GovernorSurroundings, carried?: ReadonlyMap<string, CarriedRule>) => Governor;
  set: PolicySet;
  /** What counters stood at in a run before, for policies as they come into force. */
  kept: SavedCounters;
  /** When that was, µs since the epoch, if calls came after it; null: none did. */
  keptAt?: number | null;
  /** What counters would stand at after recorded calls; null: nobody can say. */
  warm?: (question: WarmQuestion, signal: AbortSignal) => Promise<SavedCounters> | null;
  sources: FactSources;
  emit: Emit;
  /** Microseconds since the epoch. */
  now: () => number;
  /** What a call may use and cost at most, from its body; null when there is nothing to wait for. */
  readAhead?: (facts: RequestFacts, needs: Needs, body: readonly Buffer[] | null) => Promise<void> | null;
  /** `metered` is to be told what it used, once. */
  awaitMetering?: (call: number) => void;
  countryOf?: (address: string) => string | null;
  limitsOf?: (facts: RequestFacts, head: AnswerHead, now: number) => LimitReading | null;
  /** Something may have been counted. */
  onCounted?: () => void;
  alerted?: GovernorSurroundings['alerted'];
  /** Another set is in force. */
  onApplied?: (set: PolicySet) => void;
  random?: () => number;
  log: (line: string) => void;
}

/** So many sets of before are told what their calls used; streams seldom run longer than people save twice. */
const KEPT_BEFORE = 5;
/** A policy that fails is told of at most this often. */
const FAULT_LINE_MS = 60_000;

export function createLiveGovernor(options: LiveOptions): LiveGovernor {
  const { now, log } = options;
  const held = new Map<number, LiveCall>();
  const listeners = new Set<() => void>();
  const faults = new Map<string, { count: number; at: number }>();
  const told = new Map<string, number>();
  let released: { call: number; ruling: Ruling }[] = [];
  let timer: NodeJS.Timeout | null = null;
  let dueAt = Infinity;
  let stopped = false;
  /** Calls that are not recorded have no number of their own. */
  let unnumbered = 0;

  const surroundings: GovernorSurroundings = {
    // Later: whoever is let go may come back to the governor, which is in the middle of something.
    release(call, ruling) {
      if (released.length === 0) queueMicrotask(letGo);
      released.push({ call, ruling });
    },
    fault(policy, error) {
      noteFault(policy.id, error);
    },
    // Of a connection or a stream that policies only observe; it is the call that is being asked about.
    noted: (call, decisions) => watched.get(call)?.noted(decisions),
    ...(options.alerted !== undefined && { alerted: options.alerted }),
    random: options.random ?? Math.random,
  };
  const create = options.create ?? createGovernor;
  let governor = create(options.set, surroundings);
  let asksWho = asksForCallers(options.set);
  /** Of policies that were not in force since the start. */
  const kept = new Map(Object.entries(options.kept));
  /** Of sets that were in force before, the newest first: calls of theirs may still run. */
  let before: Governor[] = [];
  /** Calls that policies may have something to say of while they run. */
  const watched = new Map<number, LiveCall>();

  const warmUp = createWarmUp({
    ask: options.warm ?? (() => null),
    restore(policies, counters) {
      const inForce = policies.filter((policy) => governor.set.policies.includes(policy));
      governor.restore(Object.fromEntries(inForce.map(({ id }) => [id, counters[id]])), now());
      around.told();
    },
    now,
    log,
  });

  /** Counters of a run before go to policies that have none yet. */
  function restoreKept(into: Governor): void {
    const found: Record<string, unknown> = {};
    for (const id of into.rules.keys()) {
      if (kept.has(id)) found[id] = kept.get(id);
      kept.delete(id);
    }
    if (Object.keys(found).length > 0) into.restore(found, now());
  }

  function letGo(): void {
    const going = released;
    released = [];
    for (const { call, ruling } of going) held.get(call)?.release(ruling);
    arm();
  }

  function noteFault(id: string, error: unknown): void {
    const at = now();
    faults.set(id, { count: (faults.get(id)?.count ?? 0) + 1, at });
    const last = told.get(id);
    if (last !== undefined && at - last < FAULT_LINE_MS * 1000) return;
    told.set(id, at);
    log(
      `The policy ${id} failed and was left out of a call: ${error instanceof Error ? error.message : String(error)}`,
    );
  }

  /** Wakes when something may be due; the clock of the wall may jump, so what is due is asked again. */
  function arm(): void {
    if (stopped) return;
    const { due } = governor;
    const next = due ?? Infinity;
    if (next === dueAt && timer !== null) return;
    if (timer !== null) clearTimeout(timer);
    timer = null;
    dueAt = next;
    if (due === null) return;
    const wait = Math.min(60_000, Math.max(0, Math.ceil((due - now()) / 1000)));
    timer = setTimeout(() => {
      timer = null;
      dueAt = Infinity;
      advance();
    }, wait).unref();
  }

  function advance(): void {
    try {
      governor.advance(now());
    } catch (error) {
      noteFault('', error);
    }
    around.told();
  }

  const around: CallSurroundings = {
    emit: options.emit,
    now,
    readAhead(facts, needs, body) {
      const ahead = options.readAhead?.(facts, needs, body) ?? null;
      const { pending } = warmUp;
      return pending === null ? ahead : Promise.all([pending, ahead]).then(() => {});
    },
    awaitMetering: options.awaitMetering ?? (() => {}),
    countryOf: options.countryOf ?? (() => null),
    limitsOf: options.limitsOf ?? (() => null),
    held(call) {
      held.set(call.facts.call, call);
      for (const listener of listeners) listener();
    },
    freed(call) {
      held.delete(call.facts.call);
      for (const listener of listeners) listener();
    },
    gone: (call) => watched.delete(call.facts.call),
    told() {
      options.onCounted?.();
      arm();
    },
    fault: (error) => noteFault('', error),
  };

  function meetCall(asked: Asked): LiveCall | null {
    const recorded = asked.call !== UNRECORDED;
    const facts = new RequestFacts(recorded ? asked : { ...asked, call: --unnumbered }, options.sources);
    try {
      const needs = governor.needs(facts);
      const call = new LiveCall(facts, governor, needs, recorded, around);
      if (needs.connection || needs.progress) watched.set(facts.call, call);
      if (needs.body || needs.price || warmUp.pending !== null) return call;
      const ruling = call.consider();
      around.told();
      const nobody = ruling === null || (ruling.verdict === 'allow' && ruling.spoke.length === 0);
      return nobody && !needs.connection && !needs.progress ? null : call;
    } catch (error) {
      // Our faults never break the caller's request.
      noteFault('', error);
      return null;
    }
  }

  restoreKept(governor);

  return {
    get idle() {
      return governor.empty;
    },
    get asksWho() {
      return asksWho;
    },
    get set() {
      return governor.set;
    },
    meet: (request) => meetCall(askedOf(request)),
    meetTunnel: (tunnel) =>
      meetCall({
        ...tunnel,
        source: 'proxy',
        package: null,
        method: 'CONNECT',
        target: '',
        headerLines: '',
        requestBytes: null,
      }),
    meetCall,
    apply(set) {
      const at = now();
      const waiting = [...held.values()];
      // Whoever waits is asked about anew, by the rules of now; nobody is left in a queue that goes over.
      for (const call of waiting) call.governor.leave(call.facts.call, at);
      // What is due of an alert holds no call.
      const carried = new Map(
        [...governor.rules].filter(([, { policy, rule }]) => policy.kind === 'alert' || (rule.due ?? null) === null),
      );
      const saved: SavedCounters = governor.save(at);
      const behind = findBehind(set, governor.set, { ids: new Set(kept.keys()), at: options.keptAt ?? null }, at);
      const stood = Object.fromEntries(kept);
      const next = create(set, surroundings, carried);
      const isBehind = new Set(options.warm === undefined ? [] : behind.map(({ policy }) => policy.id));
      const anew = Object.entries(saved).filter(
        ([id]) => next.rules.get(id)?.rule !== carried.get(id)?.rule && !isBehind.has(id),
      );
      next.restore(Object.fromEntries(anew), at);
      restoreKept(next);
      before = [governor, ...before].slice(0, KEPT_BEFORE);
      governor = next;
      if (behind.length > 0) warmUp.begin(set, behind, stood);
      asksWho = asksForCallers(set);
      for (const call of waiting) call.askAgain(governor);
      options.onApplied?.(set);
      around.told();
    },
    metered(call, metered) {
      try {
        governor.metered(call, metered, now());
        for (const one of before) one.metered(call, metered, now());
      } catch (error) {
        noteFault('', error);
      }
      around.told();
    },
    // What is kept of policies that are not in force now is kept on: a file may be broken for a while.
    counters: () => ({ ...Object.fromEntries(kept), ...governor.save(now()) }),
    restore: (saved) => governor.restore(saved, now()),
    gauges: (policy, most) => governor.gauges(policy, now(), most),
    get warming() {
      return warmUp.busy;
    },
    get held() {
      return held.values();
    },
    onHeld(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    answer(call, verdict, rememberUs) {
      const answered = held.get(call)?.governor.answer(call, verdict, now(), rememberUs) ?? 0;
      around.told();
      return answered;
    },
    faults,
    stop() {
      stopped = true;
      warmUp.stop();
      if (timer !== null) clearTimeout(timer);
      timer = null;
    },
  };
}

/** Whether programs are told apart by something in the policies: rather once too often, for it costs the first call of a connection a moment. */
function asksForCallers({ policies, exceptions }: PolicySet): boolean {
  return /\b(?:app|process|ask)\b/.test(JSON.stringify([policies, exceptions]));
}

function askedOf(request: OutboundRequest): Asked {
  const { body } = request;
  return {
    call: request.call,
    at: request.startedAt,
    source: request.source,
    app: request.app,
    process: request.process,
    package: null,
    tags: request.tags,
    method: request.method,
    scheme: request.scheme,
    host: request.host,
    port: request.port,
    target: request.target,
    headerLines: request.headerLines,
    requestBytes: body === null ? 0 : body === 'stream' ? null : body,
  };
}
