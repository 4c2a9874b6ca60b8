import type { ReactNode } from 'react';
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../client/api-context.ts';
import { useOffers } from '../../data/actions.ts';
import { DENSITIES, THEMES, useDensity, useThemeChoice } from '../../data/appearance.ts';
import { linkTo } from '../../data/location.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Choice } from '../../ui/fields.tsx';
import { Keys } from '../../ui/keys.tsx';
import { words } from '../../words/index.ts';
import { Row } from './fields.tsx';

const says = words.settings;
const date = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short' });

export function Appearance(): ReactNode {
  const [theme, setTheme] = useThemeChoice();
  const [density, setDensity] = useDensity();
  return (
    <>
      <Row title={says.theme} explains={says.themeSays}>
        <Choice
          label={says.theme}
          value={theme}
          options={THEMES.map((value) => ({ value, title: words.frame.themes[value] }))}
          onChange={setTheme}
        />
      </Row>
      <Row title={says.density} explains={says.densitySays}>
        <Choice
          label={says.density}
          value={density}
          options={DENSITIES.map((value) => ({ value, title: words.frame.densities[value] }))}
          onChange={setDensity}
        />
      </Row>
    </>
  );
}

export function Shortcuts(): ReactNode {
  const actions = useOffers()
    .filter(({ scope }) => scope === words.frame.keysEverywhere)
    .flatMap((offer) => offer.actions)
    .filter(({ keys }) => keys !== undefined);
  return (
    <>
      <p className="dim setting-lead">{says.shortcutsSays}</p>
      <dl className="setting-keys">
        {actions.map(({ id, title, keys = [] }) => (
          <div key={id}>
            <dt>{title}</dt>
            <dd>
              {keys.map((one) => (
                <Keys key={one} of={one} />
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}

export function About(): ReactNode {
  const api = useApi();
  const info = useQuery({ queryKey: ['system.info'], queryFn: () => api.system.info(), staleTime: 60_000 }).data;
  const health = useQuery({
    queryKey: ['system.health'],
    queryFn: () => api.system.health(),
    refetchInterval: 5000,
  }).data;
  const storage = useQuery({ queryKey: ['system.storage'], queryFn: () => api.system.storage() }).data;
  if (!info) return null;
  const separator = info.dataDir.includes('\\') ? '\\' : '/';
  return (
    <dl className="setting-facts">
      <Fact title={says.about.version}>{info.version}</Fact>
      <Fact title={says.about.started}>
        {date.format(info.startedAt / 1000)}{' '}
        <span className="dim">
          · {says.about.process.toLowerCase()} {info.pid}
        </span>
      </Fact>
      {info.proxy !== null && (
        <Fact title={says.about.proxy} copy={info.proxy}>
          {info.proxy}
        </Fact>
      )}
      <Fact title={says.about.data} copy={info.dataDir}>
        {info.dataDir}
      </Fact>
      <Fact title={says.about.settings} copy={`${info.dataDir}${separator}settings.json`}>
        {`${info.dataDir}${separator}settings.json`}
      </Fact>
      <Fact
        title={says.about.ca}
        copy={info.caPath}
        more={<a href={linkTo('capture', { way: 'authority' })}>{says.about.trust}</a>}
      >
        {info.caPath}
      </Fact>
      {health && (
        <Fact title={says.about.health}>
          {says.about.healthSays(health.recordedCalls, health.shedCalls)}
          {health.lastError !== null && <span className="setting-problem"> {health.lastError}</span>}
        </Fact>
      )}
      {storage && (
        <Fact title={says.about.gaps}>
          {storage.gaps.length === 0
            ? says.about.gapsNone
            : storage.gaps.slice(0, 8).map((gap) => (
                <span key={`${gap.from} ${gap.reason}`} className="setting-gap">
                  {says.about.gap(gap.calls, gap.reason)} <span className="dim">{date.format(gap.from / 1000)}</span>
                </span>
              ))}
        </Fact>
      )}
    </dl>
  );
}

function Fact({
  title,
  copy,
  more,
  children,
}: {
  title: string;
  copy?: string;
  more?: ReactNode;
  children: ReactNode;
}): ReactNode {
  return (
    <div>
      <dt>{title}</dt>
      <dd>
        <span className="setting-fact">{children}</span>
        {copy !== undefined && <CopyButton text={copy} />}
        {more}
      </dd>
    </div>
  );
}
