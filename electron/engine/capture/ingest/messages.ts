import type { Ask, JoinedCall, OtherConnection } from '../../../../shared/agent/link.ts';
import type { CallSite } from '../../../../shared/model/caller.ts';

/** What is known of a link when its first facts are read. */
export interface LinkOrigin {
  link: number;
  pid: number;
  thread: number;
  /** A `processKey`, or null. */
  process: string | null;
  /** What its calls are listed under when the program names no app. */
  app: string | null;
  run: string | null;
}

/** What the thread that carries calls says to the one that reads agents' facts. */
export type ToIngest =
  | ({ type: 'link' } & LinkOrigin)
  /** Bytes of frames as they came. */
  | { type: 'bytes'; link: number; bytes: Uint8Array }
  | { type: 'end'; link: number }
  /** Ids for the calls of the oldest `want`; 0 for those that are not to be recorded. */
  | { type: 'ids'; ids: number[] }
  /** So many slabs were taken. */
  | { type: 'taken'; slabs: number }
  | { type: 'configure'; bodyLimit: number }
  | { type: 'flush'; id: number };

/** A `joined` of the link, with its site resolved: `site` is the id of one told before. */
export type Joining = Omit<JoinedCall, 'type'>;

export type FromIngest =
  /** So many bytes of a link were worked off. */
  | { type: 'took'; link: number; bytes: number }
  /** Everything of a link that is gone has been worked off. */
  | { type: 'ended'; link: number }
  | { type: 'want'; ids: number }
  | { type: 'slab'; slab: ArrayBuffer; length: number; calls: number; from: number }
  | { type: 'site'; link: number; id: number; site: CallSite }
  | { type: 'joined'; link: number; calls: Joining[] }
  | { type: 'connection'; link: number; connection: OtherConnection }
  | { type: 'drops'; link: number; calls: number; bodies: number }
  | { type: 'ask'; link: number; ask: Ask }
  /** What came is no message of ours: the link is to be closed. */
  | { type: 'broken'; link: number; why: string }
  | { type: 'flushed'; id: number }
  | { type: 'log'; line: string };
