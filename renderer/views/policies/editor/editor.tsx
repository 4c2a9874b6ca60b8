import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useApi } from '../../../client/api-context.ts';
import { usePlace } from '../../../data/location.ts';
import { Empty } from '../../../ui/empty.tsx';
import { Late } from '../../../ui/late.tsx';
import { words } from '../../../words/index.ts';
import { readStarter } from '../list/empty-policies.tsx';
import { boundsOf } from '../place.ts';
import { PolicyBar } from '../policy-bar.tsx';
import { draft } from './draft.ts';
import type { Draft } from './draft.ts';
import { EditorPage } from './editor-page.tsx';
import { withNew } from './new-text.ts';

const says = words.policies;

/** Reads the file and, for a new policy, what it begins with; then there is something to edit. */
export default function Editor(): ReactNode {
  const api = useApi();
  const { params } = usePlace();
  // What was asked for when the editor was opened; later the address follows what is edited.
  const [asked] = useState(params);
  const [again, setAgain] = useState(0);
  const { data, error } = useQuery({
    queryKey: ['policies', 'edit', asked['edit'], asked['kind'], again],
    queryFn: async ({ signal }): Promise<{ begin: Draft; id: string; line: number | null }> => {
      const file = await api.policies.get(boundsOf('1h'), { signal });
      const held = draft.get();
      const begin = held ?? { text: file.text, base: file.version, saved: file.text };
      const line = asked['line'] === undefined ? null : Number(asked['line']);
      if (asked['edit'] !== 'new' || again > 0) return { begin, id: asked['edit'] ?? '*', line };
      const starter = asked['kind'] === 'starter' ? (await readStarter(api, signal)).text : null;
      const made = withNew(begin.text, { kind: asked['kind'], vendor: asked['vendor'] ?? null, starter });
      return { begin: { ...begin, text: made.text }, id: made.id, line: null };
    },
    staleTime: Infinity,
    gcTime: 0,
  });
  if (!data) {
    return (
      <>
        <PolicyBar />
        {error ? (
          <Empty title={says.failed} says={error.message} />
        ) : (
          <Late>
            <p className="page-late dim">{words.general.loading}</p>
          </Late>
        )}
      </>
    );
  }
  return (
    <EditorPage
      key={again}
      begin={data.begin}
      id={data.id}
      line={data.line}
      onAnew={() => {
        draft.set(null);
        setAgain(again + 1);
      }}
    />
  );
}
