import type { ReactNode } from 'react';
import { goTo, useParam } from '../../data/location.ts';
import { Choice } from '../../ui/fields.tsx';
import { words } from '../../words/index.ts';
import { TABS } from './policy-tabs.ts';

const says = words.policies;

/** The bar above every tab: the tabs, and what the open one adds. */
export function PolicyBar({ children }: { children?: ReactNode }): ReactNode {
  const asked = useParam('tab');
  const open = TABS.find(({ id }) => id === asked)?.id ?? 'policies';
  return (
    <header className="page-bar policies-bar">
      <h1>{says.title}</h1>
      <Choice
        label={says.tabs}
        value={open}
        options={TABS.map(({ id }) => ({ value: id, title: says.tab[id] }))}
        onChange={(id) => goTo('policies', id === 'policies' ? {} : { tab: id })}
      />
      {children}
    </header>
  );
}
