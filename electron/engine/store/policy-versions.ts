import type { Db } from './open.ts';
import { compress, decompress } from './packing.ts';

/** A text of policies.yaml that was in force. */
export interface PolicyVersionRow {
  version: number;
  /** Microseconds since the epoch. */
  at: number;
  author: string;
  reason: string | null;
  /** Lines. */
  added: number;
  removed: number;
  /** In sentences. */
  changes: string[];
  /** Ids of the policies that they are about. */
  about: string[];
}

export type PolicyVersionText = PolicyVersionRow & { text: string };

interface Row extends Omit<PolicyVersionRow, 'changes' | 'about'> {
  changes: string;
  codec: number;
  text: Buffer;
}

/** Keeps a version; its number must be a new one. */
export function addPolicyVersion(db: Db, record: PolicyVersionText): void {
  const { version, at, author, reason, added, removed, changes, about } = record;
  const { codec, data } = compress(Buffer.from(record.text));
  db.prepare(
    'INSERT INTO policy_versions (version, at, author, reason, added, removed, changes, codec, text) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
  ).run(version, at, author, reason, added, removed, JSON.stringify({ changes, about }), codec, data);
}

/** All of them, without their texts, the newest first. */
export function readPolicyVersions(db: Db): PolicyVersionRow[] {
  return db
    .prepare<[], Row>(
      'SELECT version, at, author, reason, added, removed, changes FROM policy_versions ORDER BY version DESC',
    )
    .all()
    .map(rowOf);
}

export function readPolicyVersion(db: Db, version: number): PolicyVersionText | null {
  const row = db.prepare<[number], Row>('SELECT * FROM policy_versions WHERE version = ?').get(version);
  return row ? { ...rowOf(row), text: decompress(row.codec, row.text).toString() } : null;
}

/** What a start goes on from: the newest version, and when each policy changed last. */
export interface PoliciesKept {
  newest: PolicyVersionText | null;
  changedAt: Readonly<Record<string, number>>;
}

export function readPoliciesKept(db: Db): PoliciesKept {
  const rows = readPolicyVersions(db);
  const [newest] = rows;
  const changedAt: Record<string, number> = {};
  for (const { at, about } of rows) for (const id of about) changedAt[id] ??= at;
  return { newest: newest ? readPolicyVersion(db, newest.version) : null, changedAt };
}

function rowOf({ version, at, author, reason, added, removed, changes }: Row): PolicyVersionRow {
  const said = JSON.parse(changes) as { changes: string[]; about: string[] };
  return { version, at, author, reason, added, removed, ...said };
}
