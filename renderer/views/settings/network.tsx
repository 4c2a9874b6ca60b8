import { useState } from 'react';
import type { ReactNode } from 'react';
import { REQUIRE_IDENTITY } from '../../../shared/contract/settings.ts';
import { linkTo } from '../../data/location.ts';
import { Choice, TextField } from '../../ui/fields.tsx';
import { words } from '../../words/index.ts';
import { ListField, Row, TypedField } from './fields.tsx';
import { readPort } from './read-input.ts';
import type { SettingsUse } from './use-settings.ts';

const says = words.settings;
const { field } = says;

/** The way out, and the ports. */
export function Network({ use }: { use: SettingsUse }): ReactNode {
  const port = {
    read: readPort,
    write: (value: number | null) => (value === null ? '' : String(value)),
    bad: says.bad.port,
    placeholder: field.automatic,
  };
  const chosen = use.answer?.settings.network.upstreamProxy ?? 'environment';
  return (
    <>
      <Upstream use={use} chosen={chosen} />
      {chosen !== 'environment' && chosen !== 'none' && (
        <ListField
          use={use}
          path="network.noProxy"
          title={field.noProxy}
          explains={field.noProxySays}
          placeholder={field.noProxyHint}
        />
      )}
      <RequireIdentity use={use} />
      <ListField
        use={use}
        path="network.listen"
        title={field.listen}
        explains={field.listenSays}
        placeholder={field.listenHint}
      />
      <TypedField use={use} path="network.proxyPort" title={field.proxyPort} explains={field.proxyPortSays} {...port} />
      <TypedField
        use={use}
        path="network.workspacePort"
        title={field.workspacePort}
        explains={field.workspacePortSays}
        {...port}
      />
    </>
  );
}

/** Who has to prove who they are. Somebody who comes from another machine always has to. */
function RequireIdentity({ use }: { use: SettingsUse }): ReactNode {
  const path = 'network.requireIdentity';
  const [problem, setProblem] = useState<string | null>(null);
  const fixed = use.answer?.fixed.includes(path) ?? false;
  const value = use.answer?.settings.network.requireIdentity ?? 'no';
  return (
    <Row
      title={field.requireIdentity}
      explains={
        <>
          {field.requireIdentitySays} <a href={linkTo('apps')}>{field.requireIdentityApps}</a>
        </>
      }
      problem={problem}
      note={fixed ? says.fixed : null}
    >
      <Choice
        label={field.requireIdentity}
        value={value}
        options={REQUIRE_IDENTITY.map((one) => ({ value: one, title: field.requireIdentityOf[one] }))}
        onChange={(next) => {
          if (!fixed) void use.set(path, next, field.requireIdentity).then(setProblem);
        }}
      />
    </Row>
  );
}

type Way = 'environment' | 'none' | 'address';

function Upstream({ use, chosen }: { use: SettingsUse; chosen: string }): ReactNode {
  const path = 'network.upstreamProxy';
  const kept: Way = chosen === 'environment' || chosen === 'none' ? chosen : 'address';
  const [way, setWay] = useState<Way>(kept);
  const [address, setAddress] = useState(kept === 'address' ? chosen : '');
  const [problem, setProblem] = useState<string | null>(null);
  const [seen, setSeen] = useState(chosen);
  if (seen !== chosen) {
    setSeen(chosen);
    setWay(kept);
    if (kept === 'address') setAddress(chosen);
  }
  const fixed = use.answer?.fixed.includes(path) ?? false;

  async function save(value: string): Promise<void> {
    setProblem(await use.set(path, value, field.upstreamProxy));
  }

  return (
    <Row
      title={field.upstreamProxy}
      explains={field.upstreamProxySays}
      problem={problem}
      note={fixed ? says.fixed : null}
    >
      <div className="setting-list">
        <Choice
          label={field.upstreamProxy}
          value={way}
          options={[
            { value: 'environment', title: field.upstreamEnvironment },
            { value: 'none', title: field.upstreamNone },
            { value: 'address', title: field.upstreamAddress },
          ]}
          onChange={(next) => {
            if (fixed) return;
            setWay(next);
            setProblem(null);
            // An address counts once there is one.
            if (next !== 'address') void save(next);
          }}
        />
        {way === 'address' && (
          <TextField
            aria-label={field.upstreamAddress}
            className="setting-text setting-long"
            placeholder={field.upstreamHint}
            value={address}
            disabled={fixed}
            problem={problem}
            autoFocus={kept !== 'address'}
            onChange={(event) => {
              setAddress(event.target.value);
              setProblem(null);
            }}
            onBlur={() => address.trim() !== '' && void save(address.trim())}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && address.trim() !== '') void save(address.trim());
            }}
          />
        )}
      </div>
    </Row>
  );
}
