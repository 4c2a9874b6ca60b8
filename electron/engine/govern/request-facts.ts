import type { Source } from '../../../shared/model/call.ts';
import type { Tags } from '../../../shared/model/caller.ts';
import type { VendorCategory, VendorStatus } from '../../../shared/model/vendor.ts';
import type { CallEstimate, CallFacts } from '../../../shared/policies/facts.ts';
import type { HostFacts } from './host-facts.ts';

/** A call on its way, as far as the governor's facts are told from it. */
export interface Asked {
  call: number;
  /** Microseconds since the epoch. */
  at: number;
  source: Source;
  app: string | null;
  /** A `processKey`. */
  process: string | null;
  package: string | null;
  tags: Tags | null;
  method: string;
  scheme: CallFacts['scheme'];
  host: string;
  port: number;
  /** Path and query. */
  target: string;
  /** Header block as in shared/events, raw. */
  headerLines: string;
  /** Null: unknown length. */
  requestBytes: number | null;
}

/** Who finds out of a call what is not in it. All are asked only when a policy asks. */
export interface FactSources {
  hostFacts(host: string): HostFacts;
  processName(key: string): string | null;
  credential(headerLines: string, target: string): string | null;
  endpoint(method: string, host: string, path: string, query: string, headerLines: string): string | null;
}

/** The facts of a call that is about to leave; what costs something is found out when it is asked for, once. */
export class RequestFacts implements CallFacts {
  readonly #asked: Asked;
  readonly #sources: FactSources;
  #host: HostFacts | null = null;
  #credential: string | null | undefined;
  #endpoint: string | null | undefined;
  #headers: Map<string, string> | null = null;
  readonly #question: number;
  model: string | null = null;
  estimate: CallEstimate | null = null;

  constructor(asked: Asked, sources: FactSources) {
    this.#asked = asked;
    this.#sources = sources;
    this.#question = asked.target.indexOf('?');
  }

  get call(): number {
    return this.#asked.call;
  }
  get at(): number {
    return this.#asked.at;
  }
  get source(): Source {
    return this.#asked.source;
  }
  get app(): string | null {
    return this.#asked.app;
  }
  get process(): string | null {
    const { process } = this.#asked;
    return process === null ? null : this.#sources.processName(process);
  }
  get package(): string | null {
    return this.#asked.package;
  }
  get tags(): Tags | null {
    return this.#asked.tags;
  }
  /** What the program says of it: a tag of that name. */
  get environment(): string | null {
    return this.#asked.tags?.['environment'] ?? null;
  }

  #ofHost(): HostFacts {
    return (this.#host ??= this.#sources.hostFacts(this.#asked.host));
  }
  get vendor(): string | null {
    return this.#ofHost().vendor;
  }
  get service(): string | null {
    return this.#ofHost().service;
  }
  get category(): VendorCategory | null {
    return this.#ofHost().category;
  }
  get status(): VendorStatus | null {
    return this.#ofHost().status;
  }
  get data(): readonly string[] {
    return this.#ofHost().data;
  }
  get country(): string | null {
    return this.#ofHost().country;
  }

  get scheme(): CallFacts['scheme'] {
    return this.#asked.scheme;
  }
  get host(): string {
    return this.#asked.host;
  }
  get port(): number {
    return this.#asked.port;
  }
  get method(): string {
    return this.#asked.method;
  }
  get path(): string {
    const { target } = this.#asked;
    return this.#question < 0 ? target : target.slice(0, this.#question);
  }
  get query(): string {
    return this.#question < 0 ? '' : this.#asked.target.slice(this.#question + 1);
  }
  get endpoint(): string | null {
    if (this.#endpoint === undefined) {
      const { method, host, headerLines, scheme } = this.#asked;
      this.#endpoint =
        scheme === 'tcp' || scheme === 'tls'
          ? null
          : this.#sources.endpoint(method, host, this.path, this.query, headerLines);
    }
    return this.#endpoint;
  }
  get credential(): string | null {
    if (this.#credential === undefined)
      this.#credential = this.#sources.credential(this.#asked.headerLines, this.#asked.target);
    return this.#credential;
  }
  get requestBytes(): number | null {
    return this.#asked.requestBytes;
  }

  header(name: string): string | null {
    return (this.#headers ??= headersOf(this.#asked.headerLines)).get(name) ?? null;
  }
}

function headersOf(lines: string): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of lines.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return headers;
}
