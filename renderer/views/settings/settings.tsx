import type { ReactNode } from 'react';
import { useConnection } from '../../client/api-context.ts';
import { changePlace, linkTo, useParam } from '../../data/location.ts';
import { useActions } from '../../data/actions.ts';
import { Empty } from '../../ui/empty.tsx';
import { words } from '../../words/index.ts';
import { About, Appearance, Shortcuts } from './about.tsx';
import { Desktop } from './desktop.tsx';
import { Editor } from './editor.tsx';
import { ListField, TypedField } from './fields.tsx';
import { Network } from './network.tsx';
import { Places } from './places.tsx';
import { readSize, writeSize } from './read-input.ts';
import { Retention } from './retention.tsx';
import { TryRedaction } from './try-redaction.tsx';
import { useSettings } from './use-settings.ts';
import type { SettingsUse } from './use-settings.ts';
import './settings.css';

const says = words.settings;
const { field } = says;

const SECTIONS: Readonly<Record<keyof typeof says.sections, (given: { use: SettingsUse }) => ReactNode>> = {
  recording: Recording,
  retention: Retention,
  redaction: Redaction,
  network: Network,
  places: Places,
  desktop: Desktop,
  editor: Editor,
  appearance: Appearance,
  shortcuts: Shortcuts,
  about: About,
};
type Section = keyof typeof SECTIONS;
const ALL = Object.keys(SECTIONS) as Section[];

/** What can be set. */
export default function SettingsPage(): ReactNode {
  const use = useSettings();
  const { shell } = useConnection();
  const names = ALL.filter((name) => name !== 'desktop' || shell !== null);
  const asked = useParam('section');
  const section = names.find((name) => name === asked) ?? 'recording';
  const Content = SECTIONS[section];
  const step = (by: number): void =>
    changePlace({ section: names[(names.indexOf(section) + by + names.length) % names.length] });
  useActions(words.frame.view.settings, [
    ...names.map((name) => ({
      id: `settings.${name}`,
      title: `${words.frame.view.settings}: ${says.sections[name]}`,
      run: () => changePlace({ section: name }),
    })),
    { id: 'settings.next', title: says.next, keys: ['j', 'arrowdown'], quiet: true, run: () => step(1) },
    { id: 'settings.previous', title: says.previous, keys: ['k', 'arrowup'], quiet: true, run: () => step(-1) },
  ]);
  return (
    <div className="settings">
      <nav className="settings-list" aria-label={says.sectionList}>
        <h1>{words.frame.view.settings}</h1>
        {names.map((name) => (
          <a
            key={name}
            href={linkTo('settings', { section: name })}
            aria-current={name === section ? 'page' : undefined}
          >
            {says.sections[name]}
          </a>
        ))}
      </nav>
      <div className="settings-body" key={section}>
        {use.error ? (
          <Empty title={says.failed} says={use.error.message} />
        ) : (
          <section className="settings-section" aria-label={says.sections[section]}>
            <h2>{says.sections[section]}</h2>
            {use.answer && <Content use={use} />}
          </section>
        )}
      </div>
    </div>
  );
}

const MOST_BODY = 1024 ** 3;

function Recording({ use }: { use: SettingsUse }): ReactNode {
  return (
    <>
      <TypedField
        use={use}
        path="capture.bodyLimit"
        title={field.bodyLimit}
        explains={field.bodyLimitSays}
        read={(text) => {
          const bytes = readSize(text);
          return bytes === null || bytes > MOST_BODY ? undefined : bytes;
        }}
        write={writeSize}
        bad={`${says.bad.size} ${says.bad.most(MOST_BODY)}`}
      />
      <ListField
        use={use}
        path="capture.passThrough"
        title={field.passThrough}
        explains={field.passThroughSays}
        placeholder={field.passThroughHint}
      />
    </>
  );
}

function Redaction({ use }: { use: SettingsUse }): ReactNode {
  return (
    <>
      <ListField
        use={use}
        path="redaction.names"
        title={field.names}
        explains={field.namesSays}
        placeholder={field.namesHint}
      />
      <ListField
        use={use}
        path="redaction.plain"
        title={field.plain}
        explains={field.plainSays}
        placeholder={field.plainHint}
      />
      <TryRedaction rules={use.answer?.settings.redaction} />
    </>
  );
}
