import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { BODIES_MIGRATIONS, CALLS_MIGRATIONS } from '../../../electron/engine/store/migrations/index.ts';
import { NewerDatabase, openForReading, openForWriting } from '../../../electron/engine/store/open.ts';
import type { Db } from '../../../electron/engine/store/open.ts';
import { createDataDir } from '../../harness/recorder.ts';

const shapeOf = (db: Db): unknown[] =>
  db.prepare("SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name").all();

describe.each([
  ['calls.db', CALLS_MIGRATIONS],
  ['bodies.db', BODIES_MIGRATIONS],
])('%s', (name, migrations) => {
  const pathOf = (): string => join(createDataDir(onTestFinished), name);

  it('comes to the newest shape from every earlier version', () => {
    const fresh = openForWriting({ path: pathOf(), migrations });
    const newest = shapeOf(fresh);
    fresh.close();
    for (let version = 0; version <= migrations.length; version += 1) {
      const path = pathOf();
      openForWriting({ path, migrations, upTo: version }).close();
      const db = openForWriting({ path, migrations });
      expect(shapeOf(db)).toEqual(newest);
      expect(db.pragma('user_version', { simple: true })).toBe(migrations.length);
      db.close();
    }
  });

  it('is brought up before it is read, when an older Sallyport wrote it', () => {
    const path = pathOf();
    openForWriting({ path, migrations, upTo: 0 }).close();
    const db = openForReading({ path, migrations })!;
    expect(shapeOf(db).length).toBeGreaterThan(3);
    db.close();
  });

  it('of a newer version is refused by writer and reader, and not touched', () => {
    const path = pathOf();
    openForWriting({ path, migrations: [...migrations, 'CREATE TABLE later (x)'] }).close();
    for (const open of [openForWriting, openForReading])
      expect(() => open({ path, migrations })).toThrow(NewerDatabase);
  });

  it('a step that fails leaves the version before it', () => {
    const path = pathOf();
    expect(() => openForWriting({ path, migrations: [...migrations, 'CREATE TABLE half (x); NONSENSE'] })).toThrow(
      /NONSENSE/,
    );
    const db = openForWriting({ path, migrations });
    expect(shapeOf(db)).not.toContainEqual(expect.objectContaining({ name: 'half' }));
    db.close();
  });

  it('that does not exist is no error for a reader', () => {
    expect(openForReading({ path: pathOf(), migrations })).toBeNull();
  });
});
