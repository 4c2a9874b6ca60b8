import { Suspense } from 'react';
import type { ReactNode } from 'react';
import { useActions } from '../../data/actions.ts';
import { goTo, useParam } from '../../data/location.ts';
import { Late } from '../../ui/late.tsx';
import { words } from '../../words/index.ts';
import { TABS } from './policy-tabs.ts';
import '../../ui/page.css';
import './policies.css';

const says = words.policies;

/** Rules for calls: what is written, what it did, and what it would have done. */
export default function PoliciesPage(): ReactNode {
  const asked = useParam('tab');
  const tab = TABS.find(({ id }) => id === asked) ?? TABS[0];
  useActions(
    says.title,
    TABS.map(({ id }) => ({
      id: `policies.tab.${id}`,
      title: `${says.title}: ${says.tab[id]}`,
      run: () => goTo('policies', id === 'policies' ? {} : { tab: id }),
    })),
  );
  const Page = tab?.page;
  return (
    <Suspense
      fallback={
        <Late>
          <p className="page-late dim">{words.general.loading}</p>
        </Late>
      }
    >
      {Page && <Page />}
    </Suspense>
  );
}
