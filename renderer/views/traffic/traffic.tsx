import { useState } from 'react';
import type { ReactNode } from 'react';
import { useCallWindow } from '../../data/use-call-window.ts';
import { changePlace, useParam } from '../../data/location.ts';
import { CallArea } from './call-area.tsx';
import { useColumns } from './use-columns.ts';
import './traffic.css';

/** The calls, live: filter, time, list, and the open call beside it. */
export default function Traffic(): ReactNode {
  const filter = useParam('filter');
  const choice = useColumns();
  const { sort, descending, headers } = choice;
  const window = useCallWindow({ query: filter, sort, descending, headers });
  const [attached, setAttached] = useState(true);
  const addTerm = (term: string): void => changePlace({ filter: `${filter} ${term}`.trim() });
  return window === null ? null : (
    <CallArea
      window={window}
      choice={choice}
      addTerm={addTerm}
      empty={null}
      attached={attached}
      onAttached={setAttached}
    />
  );
}
