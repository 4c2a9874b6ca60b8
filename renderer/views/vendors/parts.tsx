import { useState } from 'react';
import type { ReactNode } from 'react';
import type { VendorPage } from '../../../shared/contract/vendors.ts';
import { formatCount } from '../../../shared/format/quantities.ts';
import { linkTo } from '../../data/location.ts';
import { Duration } from '../../ui/quantity.tsx';
import { words } from '../../words/index.ts';
import { shortPlace } from './columns.tsx';
import { ERRORS, linkToCalls, ofApp, text } from './links.ts';
import { Ago, agoText, countryName, dayText, daysUntil } from './moments.tsx';
import type { SpanName } from './vendor-order.ts';

const says = words.vendors;
const FEW = 8;

interface PartProps {
  vendor: VendorPage;
  span: SpanName;
  now: number;
}

/** The first few of a list, and the rest when it is asked for. */
function useSome<Item>(items: readonly Item[], few = FEW): { shown: readonly Item[]; rest: ReactNode } {
  const [whole, setWhole] = useState(false);
  const hidden = items.length - few;
  // One more line instead of a button that shows one more line.
  if (whole || hidden <= 1) return { shown: items, rest: null };
  return {
    shown: items.slice(0, few),
    rest: (
      <button type="button" className="vendor-more" onClick={() => setWhole(true)}>
        {says.showAll(items.length)}
      </button>
    ),
  };
}

/** Which apps, lines of code and features would fail without it, and what could take its place. */
export function Breaks({ vendor, span, now }: PartProps): ReactNode {
  const { id, apps, callsites, features, alternatives, lastSeen } = vendor;
  const called = apps.filter(({ calls }) => calls > 0);
  const places = useSome(callsites);
  const most = Math.max(1, ...callsites.map(({ calls }) => calls));
  return (
    <section aria-label={says.breaks}>
      <h3>{says.breaks}</h3>
      <p>
        {called.length === 0
          ? says.breaksNothing
          : says.breaksSays(called.length, callsites.filter(({ callsite }) => callsite !== null).length)}{' '}
        {lastSeen !== null && <span className="dim">{says.lastUsed(agoText(lastSeen, now))}</span>}
      </p>
      {called.length > 0 && (
        <ul className="vendor-chips" aria-label={says.column.apps}>
          {called.map(({ app, calls }) => (
            <li key={app}>
              <a href={linkToCalls(id, span, [ofApp(app)])}>
                {app ?? says.unknownApp} <span className="unit">{formatCount(calls)}</span>
              </a>
            </li>
          ))}
        </ul>
      )}
      {called.length > 0 && <h4>{says.callsites}</h4>}
      {called.length > 0 && callsites.length === 0 && <p className="dim">{says.noCallsites}</p>}
      {callsites.length > 0 && (
        <ul className="vendor-bars">
          {places.shown.map((one) => (
            <li key={`${one.app} ${one.package} ${one.callsite}`}>
              <span className="vendor-bar" style={{ width: `${(one.calls / most) * 100}%` }} aria-hidden />
              <a
                className="ellipsis mono"
                title={[one.app ?? says.unknownApp, one.package, one.callsite].filter(Boolean).join(' · ')}
                href={linkToCalls(id, span, [
                  ofApp(one.app),
                  ...(one.callsite === null ? [] : [text('callsite', `*${one.callsite}`)]),
                  ...(one.package === null ? [] : [text('package', one.package)]),
                ])}
              >
                {one.callsite === null ? (one.package ?? one.app ?? says.unknownApp) : shortPlace(one.callsite)}
              </a>
              <span className="vendor-bar-more">
                <span className="unit">{one.package ?? one.app ?? ''}</span> {formatCount(one.calls)}
              </span>
            </li>
          ))}
        </ul>
      )}
      {places.rest}
      {features.length > 0 && (
        <>
          <h4>{says.features}</h4>
          <ul className="vendor-chips">
            {features.slice(0, 24).map(({ tag, value, calls }) => (
              <li key={`${tag}=${value}`}>
                <a href={linkToCalls(id, span, [{ op: 'tag', name: tag, pattern: value }])}>
                  {tag}={value} <span className="unit">{formatCount(calls)}</span>
                </a>
              </li>
            ))}
          </ul>
        </>
      )}
      <h4>
        {says.alternatives} <span className="unit">{says.category(vendor.category)}</span>
      </h4>
      {alternatives.length === 0 ? (
        <p className="dim">{says.noAlternatives}</p>
      ) : (
        <ul className="vendor-chips">
          {alternatives.slice(0, 16).map((one) => (
            <li key={one.id}>
              {one.inUse ? (
                <a href={linkTo('vendors', { vendor: one.id })}>
                  {one.name} <span className="unit">{says.inUse}</span>
                </a>
              ) : (
                <span>{one.name}</span>
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** Endpoints with their figures, the most called first. */
export function Endpoints({ vendor: { id, endpoints }, span }: PartProps): ReactNode {
  const some = useSome(endpoints, 12);
  if (endpoints.length === 0) return null;
  const { column, figure } = says;
  return (
    <section aria-label={says.endpoints}>
      <h3>
        {says.endpoints} <span className="unit">{formatCount(endpoints.length)}</span>
      </h3>
      <table className="vendor-table">
        <thead>
          <tr>
            <th scope="col">
              <span className="unseen">{says.endpoints}</span>
            </th>
            <th scope="col">{column.calls}</th>
            <th scope="col">{column.errors}</th>
            <th scope="col">{figure.p95}</th>
            <th scope="col">{column.cost}</th>
          </tr>
        </thead>
        <tbody>
          {some.shown.map((one) => {
            // The endpoint itself, not those below it.
            const what = [text('host', one.host), text('endpoint', `*${one.endpoint}`)];
            return (
              <tr key={`${one.host} ${one.endpoint}`}>
                <th scope="row">
                  <a className="mono" href={linkToCalls(id, span, what)} title={`${one.host} ${one.endpoint}`}>
                    {one.endpoint}
                  </a>
                  {one.learned && (
                    <span className="unit" title={says.learnedTip}>
                      {' '}
                      {says.learned}
                    </span>
                  )}
                </th>
                <td>{formatCount(one.calls)}</td>
                <td>
                  {one.errors === 0 ? (
                    <span className="dense-none">0</span>
                  ) : (
                    <a className="dense-bad" href={linkToCalls(id, span, [...what, ERRORS])}>
                      {formatCount(one.errors)}
                    </a>
                  )}
                </td>
                <td>
                  <Duration us={one.p95 === null ? null : Math.round(one.p95)} />
                </td>
                <td>{says.costOf(one.costNanoUsd, one.calls, one.unpricedCalls)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {some.rest}
    </section>
  );
}

export function Hosts({ vendor: { id, hosts }, span }: PartProps): ReactNode {
  const some = useSome(hosts);
  const most = Math.max(1, ...hosts.map(({ calls }) => calls));
  if (hosts.length === 0) return null;
  return (
    <section aria-label={says.hosts}>
      <h3>{says.hosts}</h3>
      <ul className="vendor-bars">
        {some.shown.map(({ host, service, calls }) => (
          <li key={host}>
            <span className="vendor-bar" style={{ width: `${(calls / most) * 100}%` }} aria-hidden />
            <a className="ellipsis" href={linkToCalls(id, span, [text('host', host)])} title={host}>
              {host}
            </a>
            <span className="vendor-bar-more">
              <span className="unit">{service ?? ''}</span> {formatCount(calls)}
            </span>
          </li>
        ))}
      </ul>
      {some.rest}
    </section>
  );
}

/** The three questions about where, each with what its answer rests on. */
export function CountriesPart({ vendor: { countries } }: PartProps): ReactNode {
  return (
    <section aria-label={says.countries}>
      <h3>{says.countries}</h3>
      <dl className="vendor-countries">
        {(['endpoint', 'declared', 'importer'] as const).map((question) => {
          const { country, region, basis, confidence, says: sentence } = countries[question];
          return (
            <div key={question}>
              <dt>{says.question[question]}</dt>
              <dd>
                {country === null ? (
                  <span className="dense-none">{says.countryUnknown}</span>
                ) : (
                  <strong>{countryName(country)}</strong>
                )}
                {region !== null && <span className="mono"> {region}</span>}
                {basis !== null && (
                  <span className="unit">
                    {' '}
                    {says.basis[basis]}
                    {confidence !== null && `, ${says.confidence[confidence]}`}
                  </span>
                )}
                <p className="dim">{sentence}</p>
              </dd>
            </div>
          );
        })}
      </dl>
    </section>
  );
}

/** Versions that calls used, and which of what they used is to end. */
export function Versions({ vendor: { id, versions, deprecations }, span, now }: PartProps): ReactNode {
  return (
    <>
      {deprecations.length > 0 && (
        <section aria-label={says.deprecations}>
          <h3>{says.deprecations}</h3>
          <ul className="vendor-ends">
            {deprecations.map((one) => (
              <li key={`${one.host} ${one.endpoint} ${one.sunsetAt}`}>
                <strong data-near={(one.sunsetAt !== null && daysUntil(one.sunsetAt, now) < 90) || undefined}>
                  {one.sunsetAt !== null
                    ? says.sunset(dayText(one.sunsetAt), daysUntil(one.sunsetAt, now))
                    : one.deprecatedAt !== null
                      ? says.deprecatedSince(dayText(one.deprecatedAt))
                      : says.deprecatedNoDate}
                </strong>
                <a
                  className="mono ellipsis"
                  href={linkToCalls(id, span, [text('host', one.host), text('endpoint', `*${one.endpoint}`)])}
                >
                  {one.endpoint}
                </a>
                <span className="dim">
                  {formatCount(one.calls)} · <Ago at={one.lastSeen} now={now} />
                  {one.link !== null && /^https?:/.test(one.link) && (
                    <>
                      {' · '}
                      <a href={one.link} target="_blank" rel="noreferrer">
                        {says.deprecationMore}
                      </a>
                    </>
                  )}
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
      {versions.length > 0 && (
        <section aria-label={says.versions}>
          <h3>{says.versions}</h3>
          <ul className="vendor-bars">
            {versions.map((one) => (
              <li key={`${one.host} ${one.version}`}>
                <span className="ellipsis">
                  <span className="mono">{one.version}</span> <span className="unit">{one.host}</span>
                </span>
                <span className="vendor-bar-more">
                  <span className="unit">
                    {says.versionSeen(agoText(one.firstSeen, now), agoText(one.lastSeen, now))}
                  </span>{' '}
                  {formatCount(one.calls)}
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

/** Pages of the vendor’s own; they open outside. */
export function Urls({ vendor: { urls } }: PartProps): ReactNode {
  const known = (['docs', 'status', 'dpa', 'subprocessors'] as const).filter(
    (one) => urls[one]?.startsWith('https:') === true,
  );
  if (known.length === 0) return null;
  return (
    <section aria-label={says.urls}>
      <h3>{says.urls}</h3>
      <ul className="vendor-chips">
        {known.map((one) => (
          <li key={one}>
            <a href={urls[one] ?? ''} target="_blank" rel="noreferrer" title={urls[one] ?? ''}>
              {says.url[one]} ↗
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
