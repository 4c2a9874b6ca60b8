import type { Emit } from '../../../shared/events/call-event.ts';
import type { LimitReading } from '../../../shared/model/limit-signal.ts';
import type { Decision } from '../../../shared/model/policy.ts';
import type { Needs } from '../../../shared/policies/facts.ts';
import type { Governor, Ruling } from '../../../shared/policies/governor.ts';
import type { AnswerHead, ConnectionCheck, OwnAnswer, Refused } from '../pipeline/dispatch.ts';
import type { Cut, Ending, Governed } from '../pipeline/stages/govern.ts';
import { countOutput, type OutputCount } from './count-output.ts';
import { refusalAnswer } from './refusal-answer.ts';
import type { RequestFacts } from './request-facts.ts';

/** What a governed call needs of those around it. */
export interface CallSurroundings {
  emit: Emit;
  /** Microseconds since the epoch. */
  now: () => number;
  /** Fills in what the body and the price tables say, as far as somebody needs it; null: it is there now. */
  readAhead(facts: RequestFacts, needs: Needs, body: readonly Buffer[] | null): Promise<void> | null;
  /** It leaves, and somebody counts what it uses: `LiveGovernor.metered` is to hear of it. */
  awaitMetering(call: number): void;
  countryOf(address: string): string | null;
  limitsOf(facts: RequestFacts, head: AnswerHead, now: number): LimitReading | null;
  /** It is held from now on; or is no more. */
  held(call: LiveCall): void;
  freed(call: LiveCall): void;
  /** It is over. */
  gone(call: LiveCall): void;
  /** Something was said to the governor: its counters and its clock may be others. */
  told(): void;
  /** The governor itself failed. */
  fault(error: unknown): void;
}

/** One call and what policies say of it, from before it leaves to its end. */
export class LiveCall implements Governed {
  readonly facts: RequestFacts;
  governor: Governor;
  readonly readsBody: boolean;
  readonly watchesOutput: boolean;
  readonly check: ConnectionCheck | null;
  /** What was said of it last, when it was decided. */
  told: readonly Decision[] = [];
  /** Null until it was considered. */
  ruling: Ruling | null = null;
  readonly #needs: Needs;
  readonly #around: CallSurroundings;
  /** Whether facts of it are to be told. */
  readonly #recorded: boolean;
  #state: 'new' | 'held' | 'allowed' | 'refused' | 'over' = 'new';
  #settled: ((refused: Refused | null) => void) | null = null;
  #tookUs = 0;
  #count: OutputCount | null = null;
  /** Rulings on connections, by what would be answered because of them. */
  #atConnection: { answer: OwnAnswer; ruling: Ruling } | null = null;

  constructor(facts: RequestFacts, governor: Governor, needs: Needs, recorded: boolean, around: CallSurroundings) {
    this.facts = facts;
    this.governor = governor;
    this.#needs = needs;
    this.#around = around;
    this.#recorded = recorded;
    this.readsBody = needs.body;
    this.watchesOutput = needs.progress;
    this.check = needs.connection ? (address, tlsVersion) => this.#connect(address, tlsVersion) : null;
  }

  /** Asks the governor; what it says is carried out by `decide`. */
  consider(): Ruling | null {
    const began = performance.now();
    try {
      this.ruling = this.governor.consider(this.facts, this.#around.now());
    } catch (error) {
      this.#around.fault(error);
    }
    this.#tookUs += Math.round((performance.now() - began) * 1000);
    return this.ruling;
  }

  decide(body: readonly Buffer[] | null, settled: (refused: Refused | null) => void): void {
    this.#settled = settled;
    if (this.ruling !== null) {
      this.#take(this.ruling);
      return;
    }
    let ahead: Promise<void> | null = null;
    try {
      ahead = this.#around.readAhead(this.facts, this.#needs, body);
    } catch (error) {
      this.#around.fault(error);
    }
    if (ahead === null) this.#considerNow();
    else
      ahead.then(
        () => this.#considerNow(),
        (error: unknown) => {
          this.#around.fault(error);
          this.#considerNow();
        },
      );
  }

  #considerNow(): void {
    // Its caller may have left meanwhile.
    if (this.#state !== 'new') return;
    const ruling = this.consider();
    if (ruling === null) this.#settle(null);
    else this.#take(ruling);
    this.#around.told();
  }

  #take(ruling: Ruling): void {
    if (ruling.verdict === 'wait' || ruling.verdict === 'ask') {
      this.ruling = ruling;
      this.#state = 'held';
      this.#around.held(this);
    } else this.#carryOut(ruling);
  }

  /** The policies are others now, and the governor of before has let go of it. */
  askAgain(governor: Governor): void {
    if (this.#state !== 'held') return;
    this.governor = governor;
    const ruling = this.consider();
    if (ruling === null) {
      this.#around.freed(this);
      this.#state = 'allowed';
      this.#settle(null);
    } else if (ruling.verdict === 'allow' || ruling.verdict === 'deny') this.release(ruling);
  }

  /** It is held no more: it may leave, or not. */
  release(ruling: Ruling): void {
    if (this.#state !== 'held') return;
    this.#around.freed(this);
    this.#carryOut(ruling);
  }

  #carryOut(ruling: Ruling): void {
    this.ruling = ruling;
    const decisions = this.#tell(ruling);
    if (ruling.verdict === 'deny') {
      this.#state = 'refused';
      this.#settle(this.#refusal(ruling, decisions));
    } else {
      this.#state = 'allowed';
      if (this.#recorded && this.#isMetered(ruling)) this.#around.awaitMetering(this.facts.call);
      this.#settle(null);
    }
  }

  #isMetered({ spoke }: Ruling): boolean {
    const { rules } = this.governor;
    return spoke.some(({ policy }) => rules.get(policy.id)?.rule.metered !== undefined);
  }

  #settle(refused: Refused | null): void {
    const settled = this.#settled;
    this.#settled = null;
    if (this.#state === 'new') this.#state = 'allowed';
    settled?.(refused);
  }

  /** What policies that observe said after it had left. */
  noted(decisions: readonly Decision[]): void {
    this.#emit(decisions);
  }

  #emit(decisions: readonly Decision[]): void {
    if (!this.#recorded) return;
    for (const decision of decisions)
      this.#around.emit({ ...decision, type: 'decided', call: this.facts.call, tookUs: this.#tookUs });
  }

  /** Every policy that spoke is a row on the call. */
  #tell(ruling: Ruling): readonly Decision[] {
    let decisions: readonly Decision[];
    try {
      decisions = ruling.decisions();
    } catch (error) {
      this.#around.fault(error);
      return [];
    }
    this.told = decisions;
    this.#emit(decisions);
    return decisions;
  }

  #refusal(ruling: Ruling, decisions: readonly Decision[]): Refused {
    const { policy } = ruling;
    const decision = decisions.find((one) => one.policy === policy?.id) ?? decisions[0];
    const sentence = decision?.sentence ?? `The policy ${policy?.id ?? 'in force'} does not let this call through.`;
    return {
      failure: { kind: 'blocked', detail: sentence },
      answer: refusalAnswer({
        decision: {
          policy: policy?.id ?? '',
          sentence,
          kind: policy?.kind ?? null,
          numbers: ruling.opinion?.numbers ?? decision?.numbers ?? null,
          owner: policy?.owner ?? null,
        },
        settings: policy?.settings ?? null,
        now: this.#around.now(),
      }),
    };
  }

  #connect(address: string | null, tlsVersion: string | null | undefined): Refused | null {
    const began = performance.now();
    try {
      const ruling = this.governor.connect(
        this.facts.call,
        {
          address,
          tlsVersion: this.#tlsVersion(tlsVersion),
          country: address === null ? null : this.#around.countryOf(address),
        },
        this.#around.now(),
      );
      if (ruling.verdict !== 'deny') return null;
      const refused = this.#refusal(ruling, ruling.decisions());
      // Told when it is why the call failed: a name may have other addresses.
      this.#atConnection = { answer: refused.answer, ruling };
      return refused;
    } catch (error) {
      this.#around.fault(error);
      return null;
    } finally {
      this.#tookUs += Math.round((performance.now() - began) * 1000);
    }
  }

  /** Of what is not known yet, or is the caller's own TLS, nobody is to say that it is too old. */
  #tlsVersion(said: string | null | undefined): string | null {
    const { scheme } = this.facts;
    if (scheme === 'tls') return 'TLSv1.3';
    return said === undefined ? (scheme === 'https' ? 'TLSv1.3' : null) : said;
  }

  answered(own: OwnAnswer): void {
    if (this.#atConnection?.answer === own) this.#tell(this.#atConnection.ruling);
  }

  heard(head: AnswerHead): void {
    try {
      if (this.watchesOutput)
        this.#count = countOutput(fieldOf(head, 'content-type'), fieldOf(head, 'content-encoding'));
      if (!this.#needs.signals) return;
      const now = this.#around.now();
      const reading = this.#around.limitsOf(this.facts, head, now);
      if (reading === null) return;
      this.governor.heard(this.facts.call, reading, head.status, now);
      this.#around.told();
    } catch (error) {
      this.#around.fault(error);
    }
  }

  output(piece: Buffer): Cut | null {
    if (this.#count === null) return null;
    try {
      const ruling = this.governor.progress(this.facts.call, this.#count.add(piece), this.#around.now());
      if (ruling === null) return null;
      const decisions = this.#tell(ruling);
      const { failure } = this.#refusal(ruling, decisions);
      return { failure, lastWords: this.#count.lastWords(failure.detail, ruling.policy?.id ?? '') };
    } catch (error) {
      this.#around.fault(error);
      return null;
    }
  }

  over(ending: Ending): void {
    const state = this.#state;
    this.#state = 'over';
    this.#settled = null;
    this.#around.gone(this);
    try {
      if (state === 'held') {
        this.#around.freed(this);
        this.governor.leave(this.facts.call, this.#around.now());
      } else if (state === 'allowed') this.governor.ended(this.facts.call, ending, this.#around.now());
      else return;
    } catch (error) {
      this.#around.fault(error);
    }
    this.#around.told();
  }
}

function fieldOf({ fields }: AnswerHead, name: string): string {
  for (let i = 0; i < fields.length; i += 2) if (fields[i]!.toLowerCase() === name) return fields[i + 1]!;
  return '';
}
