import { Ban, Check } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { DependencyMap } from '../../../../shared/contract/map.ts';
import type { VendorDeclaration } from '../../../../shared/contract/vendors.ts';
import { countOf, formatCount } from '../../../../shared/format/quantities.ts';
import type { Countries } from '../../../../shared/model/vendor.ts';
import type { Api } from '../../../client/api.ts';
import { useApi } from '../../../client/api-context.ts';
import { linkTo } from '../../../data/location.ts';
import { Button } from '../../../ui/button.tsx';
import { TextField } from '../../../ui/fields.tsx';
import { Late } from '../../../ui/late.tsx';
import { toast } from '../../../ui/toasts.tsx';
import { words } from '../../../words/index.ts';
import type { Graph, GraphNode } from '../graph.ts';
import { vendorOf } from '../graph.ts';
import { callsOfNode } from '../links.ts';
import type { MapState } from '../map-state.ts';
import { linkToCalls, select } from '../map-place.ts';
import { basisText, countryName, WHERES } from '../paint.ts';
import { Ago, agoText, Deeds, FigureList, Head, Neighbours } from './pieces.tsx';

const says = words.map;
type Vendor = Awaited<ReturnType<Api['vendors']['get']>>;
/** How many call sites and features are named. */
const MOST_PLACES = 6;

/** A vendor: its figures, what people say of it, and what breaks without it. */
export function VendorPart({
  node,
  map,
  graph,
  state,
  close,
}: {
  node: GraphNode;
  map: DependencyMap;
  graph: Graph;
  state: MapState;
  close: ReactNode;
}): ReactNode {
  const api = useApi();
  const id = vendorOf(node) ?? '';
  const { since, until } = map;
  const asked = useQuery({
    // The bounds of a running span move on; the panel follows when the map does.
    queryKey: ['map.vendor', id, since, until],
    queryFn: ({ signal }) => api.vendors.get({ id, since, until }, { signal }),
    placeholderData: (before) => (before?.id === id ? before : undefined),
  });
  const vendor = asked.data;
  const what = callsOfNode(node);
  const known = node.node;
  const status = vendor?.status ?? known?.status ?? 'new';
  return (
    <>
      <Head
        node={node}
        below={[
          says.category(known?.category ?? 'unknown'),
          vendor?.company,
          vendor?.firstSeen != null ? says.firstSeen(agoText(vendor.firstSeen)) : null,
        ]
          .filter(Boolean)
          .join(' · ')}
        close={close}
      />
      <div className="map-panel-body">
        <Notice node={node} status={status} />
        <FigureList figures={node.figures} what={what} map={map} />
        {vendor ? (
          <Standing vendor={vendor} />
        ) : asked.error ? (
          <p className="map-wrong" role="alert">
            {asked.error.message}
          </p>
        ) : (
          <Late>
            <p className="dim">{words.general.loading}</p>
          </Late>
        )}
        <Deeds
          what={what}
          calls={node.figures.calls}
          map={map}
          {...(state.vendor === null && { only: { vendor: id } })}
        >
          {vendor && <Decide vendor={vendor} />}
        </Deeds>
        {vendor && <Disappeared vendor={vendor} map={map} />}
        <Neighbours title={says.callers} of={node.id} side="callers" graph={graph} />
        <Neighbours title={says.endpoints} of={node.id} side="callees" graph={graph} most={8} />
        <p className="map-more">
          <a href={linkTo('vendors', { vendor: id })}>{says.toVendor}</a>
        </p>
      </div>
    </>
  );
}

function Notice({ node, status }: { node: GraphNode; status: Vendor['status'] }): ReactNode {
  if (node.presence === 'gone') return <p className="map-notice">{says.goneSays}</p>;
  if (node.presence === 'absent') return <p className="map-notice">{says.absentSays}</p>;
  if (status === 'blocked')
    return (
      <p className="map-notice" data-status="blocked">
        {says.blockedSays(node.figures.calls)}
      </p>
    );
  if (status === 'deprecated') return <p className="map-notice">{says.deprecatedSays}</p>;
  if (status === 'approved') return null;
  return (
    <p className="map-notice" data-status="new">
      <strong>{says.notApproved}.</strong> {says.notApprovedSays(node.figures.calls)}
    </p>
  );
}

/** What people say of it and what was found out. */
function Standing({ vendor }: { vendor: Vendor }): ReactNode {
  const { first, countries } = vendor;
  return (
    <dl className="map-facts">
      <Owner vendor={vendor} />
      {vendor.approvedUntil !== null && (
        <Fact title={says.status.approved}>{says.approvedUntil(vendor.approvedUntil)}</Fact>
      )}
      {vendor.purpose !== null && <Fact title={says.purpose}>{vendor.purpose}</Fact>}
      {vendor.criticality !== null && <Fact title={says.criticality}>{vendor.criticality}</Fact>}
      {vendor.data.length > 0 && (
        <Fact title={says.dataDeclared}>{vendor.data.map((one) => says.data[one]).join(', ')}</Fact>
      )}
      {first && (
        <Fact title={says.firstCaller}>
          <a href={linkTo('call', { id: String(first.call) })}>{first.app ?? says.unnamedApp}</a>
          {first.package !== null && ` ${says.byPackage(first.package)}`}
          {first.callsite !== null && <span className="map-place mono">{first.callsite}</span>}
        </Fact>
      )}
      <CountryFacts countries={countries} />
    </dl>
  );
}

/** Three questions, three answers, each with what it rests on. */
export function CountryFacts({ countries }: { countries: Countries }): ReactNode {
  return WHERES.map((where) => {
    const claim = countries[where];
    return (
      <Fact key={where} title={says.whereShort[where]}>
        {claim.country === null ? says.countryUnknown : countryName(claim.country)}
        {claim.region !== null && <span className="mono"> {claim.region}</span>}
        <span className="map-basis" title={claim.says}>
          {basisText(claim)}
        </span>
      </Fact>
    );
  });
}

function Fact({ title, children }: { title: string; children: ReactNode }): ReactNode {
  return (
    <div>
      <dt>{title}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Writes something down about a vendor and reads everything again; a refusal is said. */
function useSay(vendor: Vendor): (change: Partial<VendorDeclaration>, said?: string) => void {
  const api = useApi();
  const queries = useQueryClient();
  const { id } = vendor;
  const say = useMutation({
    mutationFn: (change: Partial<VendorDeclaration>) => api.vendors.change({ id, ...change }),
    onError: (error) => toast(says.changeFailed, { says: error.message }),
    onSettled: () =>
      Promise.all(
        ['map', 'map.vendor', 'map.step', 'map.before'].map((key) => queries.invalidateQueries({ queryKey: [key] })),
      ),
  });
  return (change, said) => {
    const back = Object.fromEntries(
      Object.keys(change).map((key) => [key, vendor[key as keyof VendorDeclaration]]),
    ) as Partial<VendorDeclaration>;
    say.mutate(change, {
      onSuccess() {
        if (said !== undefined) toast(said, { action: { title: words.general.undo, run: () => say.mutate(back) } });
      },
    });
  };
}

function Decide({ vendor }: { vendor: Vendor }): ReactNode {
  const say = useSay(vendor);
  const { status, name } = vendor;
  return (
    <>
      {status !== 'approved' && (
        <Button
          look={status === 'blocked' ? 'plain' : 'primary'}
          icon={Check}
          onClick={() => say({ status: 'approved' }, says.changedTo(name, says.status.approved))}
        >
          {says.approve}
        </Button>
      )}
      {status === 'blocked' ? (
        <Button onClick={() => say({ status: 'known' }, says.changedTo(name, says.status.known))}>
          {says.unblock}
        </Button>
      ) : (
        <Button
          icon={Ban}
          title={says.blockSays}
          onClick={() => say({ status: 'blocked' }, says.changedTo(name, says.status.blocked))}
        >
          {says.block}
        </Button>
      )}
    </>
  );
}

function Owner({ vendor }: { vendor: Vendor }): ReactNode {
  const say = useSay(vendor);
  const [typing, setTyping] = useState(false);
  return (
    <Fact title={says.owner}>
      {typing ? (
        <TextField
          autoFocus
          className="map-owner"
          aria-label={says.ownerLabel(vendor.name)}
          defaultValue={vendor.owner ?? ''}
          maxLength={1000}
          onBlur={(event) => {
            const owner = event.target.value.trim() || null;
            setTyping(false);
            if (owner !== vendor.owner) say({ owner });
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter') event.currentTarget.blur();
            else if (event.key === 'Escape') {
              event.currentTarget.value = vendor.owner ?? '';
              event.currentTarget.blur();
            } else return;
            event.preventDefault();
            event.stopPropagation();
          }}
        />
      ) : (
        <button type="button" className="map-link" onClick={() => setTyping(true)}>
          {vendor.owner ?? says.assign} <span className="unseen">{says.ownerLabel(vendor.name)}</span>
        </button>
      )}
    </Fact>
  );
}

/** Which apps, features and lines of code would fail without it, when it was last used, and what could take its place. */
function Disappeared({ vendor, map }: { vendor: Vendor; map: DependencyMap }): ReactNode {
  const { apps, callsites, features, alternatives, lastSeen, category, id } = vendor;
  const called = apps.filter(({ calls }) => calls > 0);
  const named = called.filter(({ app }) => app !== null);
  const tree = { op: 'text', field: 'vendor', pattern: id } as const;
  return (
    <section aria-label={says.disappeared}>
      <h3>{says.disappeared}</h3>
      <p>
        {called.length === 0
          ? says.nothingDepends
          : named.length === 0
            ? says.breaksUnknown
            : says.breaks(
                countOf(named.length, 'app'),
                callsites.filter(({ callsite }) => callsite !== null).length,
              )}{' '}
        {lastSeen !== null && (
          <span className="dim">
            {says.lastSeen} <Ago at={lastSeen} />.
          </span>
        )}
      </p>
      {named.length > 0 && (
        <ul className="map-chips">
          {named.map(({ app, calls }) => (
            <li key={app}>
              <a href={linkToCalls([tree, { op: 'text', field: 'app', pattern: app ?? '' }], map)}>
                {app} <span className="unit">{formatCount(calls)}</span>
              </a>
            </li>
          ))}
        </ul>
      )}
      {features.length > 0 && (
        <>
          <h4>{says.features}</h4>
          <ul className="map-chips">
            {features.slice(0, MOST_PLACES).map(({ tag, value, calls }) => (
              <li key={`${tag}=${value}`}>
                <a href={linkToCalls([tree, { op: 'tag', name: tag, pattern: value }], map)}>
                  {tag}={value} <span className="unit">{formatCount(calls)}</span>
                </a>
              </li>
            ))}
          </ul>
        </>
      )}
      {called.length > 0 && (
        <>
          <h4>{says.callsites}</h4>
          {callsites.length === 0 && <p className="dim">{says.noCallsites}</p>}
          <ul className="map-list">
            {callsites.slice(0, MOST_PLACES).map((one) => (
              <li key={`${one.app} ${one.package} ${one.callsite}`}>
                <a
                  className="map-list-name mono"
                  href={linkToCalls(
                    [
                      tree,
                      ...(one.callsite === null
                        ? []
                        : [{ op: 'text', field: 'callsite', pattern: one.callsite } as const]),
                      ...(one.package === null
                        ? []
                        : [{ op: 'text', field: 'package', pattern: one.package } as const]),
                    ],
                    map,
                  )}
                >
                  {one.callsite ?? one.package ?? one.app ?? says.unnamedApp}
                </a>
                <span className="map-list-figure">{formatCount(one.calls)}</span>
              </li>
            ))}
          </ul>
          {callsites.length > MOST_PLACES && (
            <p className="dim">{says.endpointsMore(callsites.length - MOST_PLACES)}</p>
          )}
        </>
      )}
      <h4>
        {says.alternatives} <span className="unit">{says.category(category)}</span>
      </h4>
      {alternatives.length === 0 ? (
        <p className="dim">{says.noAlternatives}</p>
      ) : (
        <ul className="map-chips">
          {alternatives.slice(0, 12).map((one) => (
            <li key={one.id}>
              {one.inUse ? (
                <button type="button" onClick={() => select(`vendor:${one.id}`)}>
                  {one.name} <span className="unit">{says.inUse}</span>
                </button>
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
