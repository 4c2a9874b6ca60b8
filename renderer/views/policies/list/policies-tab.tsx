import { lazy, Suspense } from 'react';
import type { ReactNode } from 'react';
import { usePlace } from '../../../data/location.ts';
import { PolicyList } from './policy-list.tsx';

const Editor = lazy(() => import('../editor/editor.tsx'));
const Versions = lazy(() => import('../versions/versions.tsx'));

/** The list of policies, or in its place the editor (`edit=`) or the versions (`show=versions`). */
export default function PoliciesTab(): ReactNode {
  const { params } = usePlace();
  if (params['edit'] !== undefined) {
    return (
      <Suspense>
        <Editor />
      </Suspense>
    );
  }
  if (params['show'] === 'versions') {
    return (
      <Suspense>
        <Versions />
      </Suspense>
    );
  }
  return <PolicyList />;
}
