import { randomUUID } from 'node:crypto';
import type { Draft } from '../../../../shared/model/replay.ts';
import type { Surroundings } from '../prepare.ts';
import { replacedBy } from '../to-request.ts';
import { openCollection } from './collection.ts';
import { findSecrets } from './find-secrets.ts';

/** Beside the data folder's own files, unless somebody chose another place. */
export const USUAL_FOLDER = 'requests';

const badName = {
  problem: 'cannot-do',
  why: 'The name cannot be one of a file.',
  remedy: 'Use words, with / between folders.',
} as const;

/** The contract's questions about saved requests. `redact` null: a store is read without an engine, and nothing is written. */
export function createCollections(given: { folder: () => string; redact: Surroundings['redact'] | null }) {
  const collection = openCollection(given.folder);
  return {
    async list() {
      return collection.list();
    },
    async read({ name }: { name: string }) {
      const read = collection.read(name, randomUUID());
      if (read === null) return { problem: 'request-not-found' as const, name };
      if ('problem' in read)
        return { problem: 'cannot-do' as const, why: read.problem, remedy: 'Mend the file, or delete it.' };
      return read;
    },
    async save(asked: {
      name: string;
      draft: Draft;
      assertions?: string[] | undefined;
      extract?: Record<string, string> | undefined;
      over?: boolean | undefined;
    }) {
      if (given.redact === null) return { problem: 'not-running' as const };
      const { name, assertions = [], extract = {}, over = false } = asked;
      const isReplaced = replacedBy(asked.draft.auth);
      // What its credential takes the place of is not sent, and not written down.
      const headers = asked.draft.headers.filter((one) => !isReplaced(one.name.toLowerCase()));
      const draft = { ...asked.draft, headers };
      const problems = findSecrets(draft, given.redact);
      if (draft.body.kind === 'recorded')
        problems.push({
          place: 'body',
          kind: 'body',
          says: 'The body is that of a recorded call, which a file cannot hold. Write it as text or base64, or name a file.',
        });
      if (problems.length > 0) return { problem: 'cannot-send' as const, problems, questions: [] };
      const saved = collection.save(name, { draft, assertions, extract }, over);
      if ('path' in saved) return saved;
      return saved.problem === 'name'
        ? badName
        : {
            problem: 'cannot-do' as const,
            why: `There is a request “${name}” already.`,
            remedy: 'Choose another name, or write over it.',
          };
    },
    async remove({ name }: { name: string }) {
      if (given.redact === null) return { problem: 'not-running' as const };
      return collection.remove(name) ? { removed: true as const } : { problem: 'request-not-found' as const, name };
    },
  };
}
