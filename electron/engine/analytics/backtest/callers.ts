import type { CallKind, Source } from '../../../../shared/model/call.ts';
import type { VendorCategory, VendorStatus } from '../../../../shared/model/vendor.ts';
import type { CallFacts } from '../../../../shared/policies/facts.ts';
import { kindOf, sourceOf } from '../../store/codes.ts';
import type { HistoryReader } from '../../store/history-rows.ts';
import type { Combinations } from './combinations.ts';

/** What is known of a host beside its calls. */
export interface HostWords {
  vendor: string | null;
  service: string | null;
  category: VendorCategory | null;
  data: readonly string[];
  country: string | null;
  /** What the vendor counted as at a moment, microseconds. */
  statusAt(at: number): VendorStatus | null;
}

/** A combination in words: what facts say of all calls with it. */
export interface Caller extends HostWords {
  source: Source;
  kind: CallKind;
  isTunnel: boolean;
  app: string | null;
  process: string | null;
  package: string | null;
  scheme: CallFacts['scheme'];
  host: string;
  port: number;
  method: string;
  endpoint: string | null;
  credential: string | null;
}

/** Words of combinations, each looked up once. */
export function createCallers(
  combinations: Combinations,
  reader: Pick<HistoryReader, 'word' | 'appWord' | 'endpointWord'>,
  hostWords: (host: string) => HostWords,
): (combination: number) => Caller {
  const known: Caller[] = [];
  const hosts = new Map<number, { host: string; words: HostWords }>();

  function hostOf(word: number): { host: string; words: HostWords } {
    let found = hosts.get(word);
    if (!found) {
      const host = reader.word(word);
      hosts.set(word, (found = { host: host.toLowerCase(), words: hostWords(host) }));
    }
    return found;
  }

  return (combination) => {
    const before = known[combination];
    if (before !== undefined) return before;
    const { host: hostWord, app, method, scheme, port, endpoint, credential, ...rest } = combinations.at(combination);
    const { host, words } = hostOf(hostWord);
    const kind = kindOf(rest.seen);
    const isTunnel = kind === 'tunnel';
    const shown = isTunnel ? tunnelScheme(reader.word(scheme)) : exchangeScheme(reader.word(scheme));
    return (known[combination] = {
      ...words,
      kind,
      isTunnel,
      source: sourceOf(rest.seen),
      app: app === 0 ? null : reader.appWord(app),
      process: combinations.name(rest.process),
      package: combinations.name(rest.package),
      scheme: shown,
      host,
      port,
      method: isTunnel ? '' : reader.word(method),
      endpoint: endpoint === 0 || isTunnel ? null : reader.endpointWord(hostWord, endpoint),
      credential: credential === 0 ? null : reader.word(credential),
    });
  };
}

const tunnelScheme = (scheme: string): 'tcp' | 'tls' => (scheme === 'tls' || scheme === 'https' ? 'tls' : 'tcp');
const exchangeScheme = (scheme: string): 'http' | 'https' =>
  scheme === 'https' || scheme === 'wss' ? 'https' : 'http';
