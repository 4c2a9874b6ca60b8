import type { DependencyMap } from '../../../shared/contract/map.ts';
import type { Headroom, VendorPage, VendorRow } from '../../../shared/contract/vendors.ts';
import type { VendorStatus } from '../../../shared/model/vendor.ts';
import { assignHosts, changeVendor, correctEndpoint, pathOf } from './change-vendors.ts';
import type { VendorChange } from './change-vendors.ts';
import type { Declared } from './declared.ts';
import type { Edit } from './edit-file.ts';
import { renameTo } from './match-template.ts';
import type { Hindrance } from '../registers/register.ts';
import type { DeclaredNow, VendorRegister } from './register.ts';

interface Span {
  since: number;
  until: number;
}
/** When it is asked: microseconds since the epoch, and the day it is here. */
interface Moment {
  now: number;
  today: string;
}
/** What people say of apps, by the names they are shown by. */
type DeclaredApps = Readonly<
  Record<string, { team: string | null; criticality: 'low' | 'medium' | 'high' | 'critical' | null }>
>;

/** Who works it out of what is recorded. */
export interface VendorReader {
  /** From now on, this is what people say. */
  setDeclared(declared: Declared): void;
  vendors(
    question: Span & Moment & { status?: VendorStatus | undefined },
  ): Promise<{ vendors: VendorRow[]; local: number }>;
  vendor(question: Span & Moment & { id: string }, signal?: AbortSignal): Promise<VendorPage | null>;
  knowsVendor(id: string): Promise<boolean>;
  endpointsLike(question: { host: string; template: string }): Promise<string[]>;
  headroom(
    question: Span & { vendor?: string | undefined; now: number },
  ): Promise<(Headroom & { vendor: string | null })[]>;
  map(
    question: Span &
      Moment & {
        compare?: Span | undefined;
        app?: string | undefined;
        vendor?: string | undefined;
        endpoints: number;
        apps: DeclaredApps;
      },
  ): Promise<DependencyMap>;
}

type NotRunning = { problem: 'not-running' };
type NotFound = { problem: 'not-found'; id: string };

interface MapAsked extends Span {
  compareSince?: number | undefined;
  compareUntil?: number | undefined;
  app?: string | undefined;
  vendor?: string | undefined;
  endpoints?: number | undefined;
}

/** The contract’s answers about vendors. */
export interface Vendors {
  list(
    asked: Span & { status?: VendorStatus | undefined },
  ): Promise<{ vendors: VendorRow[]; local: number; file: string; problems: DeclaredNow['problems'] }>;
  get(asked: Span & { id: string }, signal?: AbortSignal): Promise<VendorPage | NotFound>;
  change(asked: VendorChange): Promise<{ id: string } | NotFound | NotRunning | Hindrance>;
  assign(asked: {
    id: string;
    name?: string | undefined;
    hosts: string[];
  }): Promise<{ id: string } | NotRunning | Hindrance>;
  template(asked: {
    host: string;
    template: string;
    keep?: boolean | undefined;
  }): Promise<{ changed: number } | NotRunning | Hindrance>;
  headroom(
    asked: Span & { vendor?: string | undefined },
  ): Promise<{ headroom: (Headroom & { vendor: string | null })[] }>;
}

/** The contract’s answer about the map. */
export type GetMap = (asked: MapAsked) => Promise<DependencyMap>;

/** How many endpoints of a vendor the map shows when nobody says. */
const SHOWN_ENDPOINTS = 12;

/** Answers while an engine runs. */
export function createVendors(given: {
  register: VendorRegister;
  reader: VendorReader;
  apps: () => DeclaredApps;
  /** Whoever records is told what people say, now and whenever it changes; calls recorded before come to count by it. */
  onDeclared: (declared: Declared) => void;
  now: () => number;
}): { vendors: Vendors; map: GetMap } {
  const { register, reader, apps, onDeclared, now } = given;
  const tell = (declared: Declared): void => {
    reader.setDeclared(declared);
    onDeclared(declared);
  };
  register.onChanged(tell);
  tell(register.now.declared);
  const { list, get, headroom, map } = answers(() => register.now, reader, apps, now);

  function write(edits: (declared: Declared) => readonly Edit[] | Hindrance): Hindrance | null {
    const done = register.edit(edits);
    return 'problem' in done ? done : null;
  }

  return {
    map,
    vendors: {
      list,
      get,
      headroom,
      async change(asked) {
        if (!(await reader.knowsVendor(asked.id))) return { problem: 'not-found', id: asked.id };
        return write(() => changeVendor(asked)) ?? { id: asked.id };
      },
      async assign(asked) {
        return write((declared) => assignHosts(declared, asked)) ?? { id: asked.id };
      },
      async template({ host, template, keep = false }) {
        const path = pathOf(template);
        const names = await reader.endpointsLike({ host, template: path });
        const hindrance = write((declared) => correctEndpoint(declared, { host, template, keep }));
        if (hindrance !== null) return hindrance;
        if (keep) return { changed: names.length === 0 ? 1 : 0 };
        return { changed: names.filter((name) => renameTo(path, name) !== name).length };
      },
    },
  };
}

/** Answers of a folder on which no engine runs: what is there can be read, and nothing changed. */
export function readVendorsOffline(given: {
  declared: DeclaredNow;
  reader: VendorReader;
  apps: () => DeclaredApps;
  now: () => number;
}): { vendors: Vendors; map: GetMap } {
  const { declared, reader, apps, now } = given;
  reader.setDeclared(declared.declared);
  const { map, ...reads } = answers(() => declared, reader, apps, now);
  const notRunning = async (): Promise<NotRunning> => ({ problem: 'not-running' });
  return { map, vendors: { ...reads, change: notRunning, assign: notRunning, template: notRunning } };
}

function answers(
  declared: () => DeclaredNow,
  reader: VendorReader,
  apps: () => DeclaredApps,
  now: () => number,
): Pick<Vendors, 'list' | 'get' | 'headroom'> & { map: GetMap } {
  const moment = (): Moment => ({ now: now(), today: dayOf(now()) });
  return {
    async list(asked) {
      const { file, problems } = declared();
      return { ...(await reader.vendors({ ...asked, ...moment() })), file, problems };
    },
    async get(asked, signal) {
      return (await reader.vendor({ ...asked, ...moment() }, signal)) ?? { problem: 'not-found', id: asked.id };
    },
    async headroom({ since, until, vendor }) {
      return { headroom: await reader.headroom({ since, until, vendor, now: now() }) };
    },
    map: ({ since, until, compareSince, compareUntil, app, vendor, endpoints }) =>
      reader.map({
        since,
        until,
        // With one end alone it is the time right before the span.
        compare: compareSince === undefined ? undefined : { since: compareSince, until: compareUntil ?? since },
        app,
        vendor,
        endpoints: endpoints ?? SHOWN_ENDPOINTS,
        apps: apps(),
        ...moment(),
      }),
  };
}

/** The day it is here, as 2026-11-23. */
export function dayOf(microseconds: number): string {
  const at = new Date(microseconds / 1000);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}
