import { writeIpAddress } from '../../bytes/ip-address.ts';
import { formatDuration } from '../../format/quantities.ts';
import type { Policy } from '../../model/policy.ts';
import type { CallFacts, ConnectionFacts } from '../facts.ts';
import type { Kind, Opinion, Rule } from '../kind.ts';
import { isInNetwork, readNetwork, type Network } from '../networks.ts';
import { addressKind, hostLiteral, hostNameKind, realAddress, type AddressKind } from './address-kinds.ts';
import { rememberedAnswers } from './answers.ts';
import { explainAccess } from './explain.ts';
import { accessSettings, type AccessSettings } from './settings.ts';

const HOLD_US = 30_000_000;
const REMEMBER_US = 8 * 3_600_000_000;

const say = (verdict: Opinion['verdict'], because: string): Opinion =>
  Object.freeze({ verdict, because, numbers: null });
const FINE = say('allow', 'fine');
const GRANTED = say('allow', 'granted');
const ASK = say('ask', 'ask');
const REMEMBERED = { allow: say('allow', 'remembered'), deny: say('deny', 'remembered') };
const NO = {
  denied: say('deny', 'denied'),
  method: say('deny', 'method'),
  unread: say('deny', 'unread'),
  http: say('deny', 'http'),
  tls: say('deny', 'tls'),
  unapproved: say('deny', 'unapproved'),
  private: say('deny', 'private'),
  loopback: say('deny', 'loopback'),
  'link-local': say('deny', 'link-local'),
  metadata: say('deny', 'metadata'),
  address: say('deny', 'address'),
  country: say('deny', 'country'),
  unknown: say('deny', 'unknown-place'),
} as const;

/** Who may call what, and where calls may end. */
export const accessKind: Kind<AccessSettings> = {
  kind: 'access',
  settings: accessSettings,
  describe: describeAccess,
  create: createAccessRule,
};

function createAccessRule(policy: Policy, settings: AccessSettings): Rule {
  const { action, methods, destinations } = settings;
  const allowedMethods = methods === undefined ? null : new Set(methods);
  const isPlace = destinations === undefined ? null : placeJudge(destinations);
  const lowestTls = settings.tls === undefined ? null : tlsRank(settings.tls);
  const answers = rememberedAnswers();
  /** What `explain` may name; of the last answer about a place. */
  const places = new WeakMap<CallFacts, string>();

  const rule: Rule = {
    needs: { connection: isPlace !== null || lowestTls !== null },
    grants: action === 'allow' || action === 'ask',

    look(facts, now) {
      if (action === 'deny') return NO.denied;
      if (allowedMethods !== null) {
        if (facts.scheme === 'tcp' || facts.scheme === 'tls') return NO.unread;
        if (!allowedMethods.has(facts.method)) return NO.method;
      }
      if (settings.https !== undefined && facts.scheme !== 'https' && facts.scheme !== 'tls') return NO.http;
      if (lowestTls !== null && (facts.scheme === 'http' || facts.scheme === 'tcp')) return NO.http;
      if (settings.unapproved === 'deny' && facts.status !== 'approved') return NO.unapproved;
      if (isPlace !== null) {
        const wrong = isPlace.ofHost(facts);
        if (wrong !== null) {
          places.set(facts, wrong.place);
          return wrong.opinion;
        }
      }
      if (action !== 'ask') return action === 'allow' ? GRANTED : FINE;
      const answer = answers.of(facts, now);
      return answer === null ? ASK : REMEMBERED[answer];
    },

    explain: (facts, opinion) => explainAccess(policy, settings, facts, opinion, places.get(facts) ?? null),
    take() {},
    gauges: () => [],
    save: (now) => answers.save(now),
    restore: (saved, now) => answers.restore(saved, now),
  };

  if (isPlace !== null || lowestTls !== null) {
    rule.connect = (facts, connection) => {
      // A tunnel's TLS is between the program and its server: it is not ours to see.
      if (lowestTls !== null && facts.scheme === 'https') {
        const version = connection.tlsVersion;
        const isTooLow = version === null ? connection.address !== null : tlsRank(version) < lowestTls;
        if (isTooLow) {
          places.set(facts, version ?? '');
          return NO.tls;
        }
      }
      const wrong = isPlace?.ofConnection(facts, connection) ?? null;
      if (wrong === null) return FINE;
      places.set(facts, wrong.place);
      return wrong.opinion;
    };
  }
  if (action === 'ask') {
    Object.assign(rule, {
      ask: {
        holdUs: settings.hold ?? HOLD_US,
        otherwise: settings.otherwise ?? 'deny',
        rememberUs: settings.remember ?? REMEMBER_US,
      },
    });
    rule.answered = (facts, verdict, until) => {
      if (until !== null) answers.add(facts, verdict, until);
    };
  }
  return rule;
}

interface WrongPlace {
  opinion: Opinion;
  place: string;
}

/** Says what is wrong with a destination: by the host as it is written, and by the address that is connected to. */
function placeJudge(destinations: NonNullable<AccessSettings['destinations']>): {
  ofHost(facts: CallFacts): WrongPlace | null;
  ofConnection(facts: CallFacts, connection: ConnectionFacts): WrongPlace | null;
} {
  const refused = new Set<AddressKind>();
  // Metadata services are link-local or private too: they are refused with them, unless they are said to be allowed.
  if (destinations.private === 'deny') refused.add('private').add('metadata');
  if (destinations.linkLocal === 'deny') refused.add('link-local').add('metadata');
  if (destinations.loopback === 'deny') refused.add('loopback');
  if (destinations.metadata === 'deny') refused.add('metadata');
  if (destinations.metadata === 'allow') refused.delete('metadata');
  const { yes, no } = split(destinations.addresses ?? []);
  const only = yes.map(networkOf);
  const not = no.map(networkOf);
  const countries = split(destinations.countries ?? []);
  const refusesUnknown = destinations.unknown === 'deny';

  function wrongAddress(bytes: Uint8Array): WrongPlace | null {
    const real = realAddress(bytes);
    const place = writeIpAddress(real);
    const isIn = (network: Network): boolean => isInNetwork(real, network) || isInNetwork(bytes, network);
    if (not.some(isIn)) return { opinion: NO.address, place };
    if (only.length > 0) return only.some(isIn) ? null : { opinion: NO.address, place };
    const kind = addressKind(real);
    return kind !== 'public' && refused.has(kind) ? { opinion: NO[kind], place } : null;
  }

  function wrongCountry(country: string | null, isFinal: boolean): WrongPlace | null {
    if (countries.yes.length === 0 && countries.no.length === 0) return null;
    if (country === null) return isFinal && refusesUnknown ? { opinion: NO.unknown, place: '' } : null;
    const isOut = countries.no.includes(country) || (countries.yes.length > 0 && !countries.yes.includes(country));
    return isOut ? { opinion: NO.country, place: country } : null;
  }

  return {
    ofHost({ host }) {
      const literal = hostLiteral(host);
      if (literal !== null) return wrongAddress(literal);
      const kind = hostNameKind(host);
      return kind !== null && kind !== 'public' && refused.has(kind) && only.length === 0
        ? { opinion: NO[kind], place: host }
        : null;
    },
    ofConnection(facts, { address, country }) {
      if (address === null)
        return refusesUnknown ? { opinion: NO.unknown, place: '' } : wrongCountry(facts.country, true);
      const bytes = hostLiteral(address);
      if (bytes === null) return refusesUnknown ? { opinion: NO.unknown, place: '' } : null;
      const isLocal = addressKind(realAddress(bytes)) !== 'public';
      return wrongAddress(bytes) ?? (isLocal ? null : wrongCountry(country ?? facts.country, true));
    },
  };
}

function split(texts: readonly string[]): { yes: string[]; no: string[] } {
  return {
    yes: texts.filter((text) => !text.startsWith('!')),
    no: texts.filter((text) => text.startsWith('!')).map((text) => text.slice(1)),
  };
}

function networkOf(text: string): Network {
  const network = readNetwork(text);
  if (network === null) throw new Error(`${text} is no network`);
  const bytes = realAddress(network.bytes);
  return bytes.length === network.bytes.length ? network : { bytes, bits: Math.max(0, network.bits - 96) };
}

/** `1.2`, `TLSv1.2` and `TLSv1` as numbers to compare; SSL is below all. */
function tlsRank(version: string): number {
  const [, minor] = /^(?:TLSv?)?1(?:\.(\d))?$/.exec(version) ?? [];
  return minor === undefined ? (/^(?:TLSv?)?1$/.test(version) ? 0 : -1) : Number(minor);
}

function describeAccess(settings: AccessSettings): string {
  const { action, methods, tls, https, destinations, unapproved } = settings;
  const says: string[] = [];
  if (action === 'deny') return 'refused';
  if (methods) says.push(`only ${methods.join(', ')}`);
  if (https) says.push('only https');
  if (tls) says.push(`at least TLS ${tls}`);
  if (unapproved === 'deny') says.push('only approved vendors');
  if (destinations) {
    const refused = (['private', 'linkLocal', 'metadata', 'loopback'] as const).filter(
      (kind) => destinations[kind] === 'deny',
    );
    if (refused.length > 0) {
      says.push(`no ${refused.map((kind) => (kind === 'linkLocal' ? 'link-local' : kind)).join(', ')} addresses`);
    }
    if (destinations.addresses) says.push(`addresses ${destinations.addresses.join(', ')}`);
    if (destinations.countries) says.push(`countries ${destinations.countries.join(', ')}`);
  }
  if (action === 'ask') {
    const hold = formatDuration(settings.hold ?? HOLD_US);
    says.push(`asked about for ${hold}, ${settings.otherwise ?? 'deny'} without an answer`);
  } else if (action === 'allow') says.unshift('allowed');
  return says.length === 0 ? 'nothing is said' : says.join(', ');
}
