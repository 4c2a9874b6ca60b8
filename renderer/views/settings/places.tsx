import type { ReactNode } from 'react';
import { words } from '../../words/index.ts';
import { ListField } from './fields.tsx';
import { readPaths } from './read-input.ts';
import type { SettingsUse } from './use-settings.ts';

const { field } = words.settings;

/** Files that say where addresses are. */
export function Places({ use }: { use: SettingsUse }): ReactNode {
  return (
    <ListField
      use={use}
      path="places.databases"
      title={field.databases}
      explains={field.databasesSays}
      placeholder={field.databasesHint}
      read={readPaths}
    />
  );
}
