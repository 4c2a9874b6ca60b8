import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useRef } from 'react';
import type { ReactNode } from 'react';
import { useApi } from '../../../client/api-context.ts';
import { Button } from '../../../ui/button.tsx';
import { Late } from '../../../ui/late.tsx';
import { words } from '../../../words/index.ts';
import { boundsOf } from '../place.ts';
import { PolicyBar } from '../policy-bar.tsx';

const say = words.policies.edit.conflict;
const DiffView = lazy(() => import('../diff-view.tsx'));

/** Somebody else saved meanwhile: theirs and mine as one text, each difference to be taken or left. */
export function Conflict({
  version,
  mine,
  onTheirs,
  onMine,
}: {
  version: number;
  mine: string;
  onTheirs: () => void;
  /** What was put together, and the version that it stands on now. */
  onMine: (text: string, source: { base: number; saved: string }) => void;
}): ReactNode {
  const api = useApi();
  const merged = useRef(mine);
  const { data } = useQuery({
    queryKey: ['policies', 'theirs', version],
    queryFn: ({ signal }) => api.policies.get(boundsOf('1h'), { signal }),
    staleTime: Infinity,
    gcTime: 0,
  });
  return (
    <>
      <PolicyBar>
        <span className="page-gap" />
        <Button onClick={onTheirs}>{say.theirs}</Button>
        <Button
          look="primary"
          disabled={!data}
          onClick={() => data && onMine(merged.current, { base: data.version, saved: data.text })}
        >
          {say.mine}
        </Button>
      </PolicyBar>
      <div className="policy-conflict" role="alert">
        <strong>{say.title(version)}</strong>
        <p className="dim">{say.says}</p>
      </div>
      <div className="policy-conflict-diff">
        {data ? (
          <Suspense>
            <DiffView
              before={data.text}
              after={mine}
              label={say.label}
              onEdit={(text) => {
                merged.current = text;
              }}
            />
          </Suspense>
        ) : (
          <Late>
            <p className="page-late dim">{words.general.loading}</p>
          </Late>
        )}
      </div>
    </>
  );
}
