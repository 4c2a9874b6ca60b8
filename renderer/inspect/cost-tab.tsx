import type { ReactNode } from 'react';
import { OctagonAlert, TriangleAlert } from 'lucide-react';
import { formatQuantity, partName, priceWords, provenanceSentence } from '../../shared/format/metering-words.ts';
import { exactMoney } from '../../shared/format/money.ts';
import type { Call } from '../../shared/model/call.ts';
import type { Deprecation } from '../../shared/model/metering.ts';
import type { Cost } from '../../shared/model/money.ts';
import type { Tokens, Usage } from '../../shared/model/usage.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { words } from '../words/index.ts';
import { Facts } from './facts.tsx';
import { LimitsPart } from './limits-part.tsx';
import { Timestamp } from './timestamp.tsx';
import './cost-tab.css';

const say = words.cost;

/** What the call used and cost and by which price, in the vendor's own words too; what the vendor said of its limits. */
export function CostTab({ call }: { call: Call }): ReactNode {
  const { cost, usage, limits, deprecation } = call;
  return (
    <div className="call-page">
      {limits !== null && limits.throttle !== null && <LimitsPart limits={limits} />}
      {cost === null ? usage !== null && <NotPriced /> : <CostPart cost={cost} />}
      {usage !== null && <UsagePart usage={usage} call={call} />}
      {limits !== null && limits.throttle === null && limits.signals.length > 0 && <LimitsPart limits={limits} />}
      {deprecation !== null && <DeprecationPart deprecation={deprecation} />}
      {usage !== null && usage.raw !== null && <RawUsage raw={usage.raw} />}
    </div>
  );
}

function NotPriced(): ReactNode {
  return (
    <section aria-label={say.title}>
      <p className="cost-sum cost-unknown">{say.unknown}</p>
      <p className="dim">{say.notMetered}</p>
      <p className="dim">{say.notMeteredSays}</p>
    </section>
  );
}

function CostPart({ cost }: { cost: Cost }): ReactNode {
  const { nanoUsd, provenance, price, priceVersion, lines, vendorNanoUsd, why } = cost;
  return (
    <section aria-label={say.title} className="cost-part">
      <p className={nanoUsd === null ? 'cost-sum cost-unknown' : 'cost-sum numeric'}>
        {nanoUsd === null ? say.unknown : exactMoney(nanoUsd)}
        {provenance === 'estimated' && <span className="cost-mark">{say.estimated}</span>}
        {provenance === 'partial' && nanoUsd !== null && <span className="cost-mark">{say.atLeast}</span>}
      </p>
      {(nanoUsd !== null || why === null) && <p className="dim">{provenanceSentence(provenance)}</p>}
      {why !== null && <p className={nanoUsd === null ? undefined : 'dim'}>{why}</p>}
      {price !== null && (
        <p className="cost-row">
          <span className="mono">{price}</span>
          {priceVersion !== null && <span className="dim">{say.version(priceVersion)}</span>}
        </p>
      )}
      {vendorNanoUsd !== null && (
        <p>
          {say.vendorSays} <span className="numeric">{exactMoney(vendorNanoUsd)}</span>
        </p>
      )}
      {lines.length > 0 && (
        <table className="call-table cost-lines" aria-label={say.lines}>
          <thead>
            <tr>
              <th>{say.column.what}</th>
              <th className="cost-number">{say.column.quantity}</th>
              <th>{say.column.price}</th>
              <th className="cost-number">{say.column.sum}</th>
            </tr>
          </thead>
          <tbody>
            {lines.map((line, index) => (
              <tr key={index}>
                <td>{partName(line.what)}</td>
                <td className="cost-number">{formatQuantity(line.quantity)}</td>
                <td className="dim">
                  {priceWords(line)}
                  {line.pricedAs !== undefined && `, ${say.pricedAs(partName(line.pricedAs))}`}
                </td>
                <td className="cost-number">{exactMoney(line.nanoUsd)}</td>
              </tr>
            ))}
          </tbody>
          {lines.length > 1 && nanoUsd !== null && (
            <tfoot>
              <tr>
                <td colSpan={3}>{say.total}</td>
                <td className="cost-number">{exactMoney(nanoUsd)}</td>
              </tr>
            </tfoot>
          )}
        </table>
      )}
    </section>
  );
}

function UsagePart({ usage, call }: { usage: Usage; call: Call }): ReactNode {
  const { fact } = say;
  const { model, requestModel, tier, region, maxOutput, streamed, cut, tokens, units, reader, problem } = usage;
  return (
    <section aria-label={say.usage}>
      <h2 className="call-heading">{say.usage}</h2>
      {problem !== null && (
        <p className="call-verdict tone-client">
          <TriangleAlert size={16} aria-hidden />
          <span>{problem}</span>
        </p>
      )}
      <Facts
        facts={[
          model === null ? null : [fact.model, <Mono key="m" text={model} />],
          requestModel === null || requestModel === model
            ? null
            : [fact.requestModel, <Mono key="r" text={requestModel} />],
          ...(tokens === null ? [] : tokenFacts(tokens)),
          ...Object.entries(units).map(([name, count]) => [capital(partName(name)), formatQuantity(count)] as const),
          maxOutput === null ? null : [fact.maxOutput, say.tokens(maxOutput)],
          tier === null ? null : [fact.tier, tier],
          region === null ? null : [fact.region, region],
          cut || streamed ? [fact.answer, [streamed && say.streamed, cut && say.cut].filter(Boolean).join(', ')] : null,
          call.endpoint === null ? null : [fact.endpoint, <Mono key="e" text={call.endpoint} />],
          call.credential === null ? null : [fact.credential, <Mono key="c" text={call.credential} />],
          call.apiVersion === null ? null : [fact.version, <Mono key="v" text={call.apiVersion} />],
          [fact.reader, <Mono key="d" text={reader} />],
        ]}
      />
    </section>
  );
}

/** Totals contain their parts, so parts stand behind their total. */
function tokenFacts(tokens: Tokens): (readonly [string, ReactNode] | null)[] {
  const { token } = say;
  const line = (name: string, all: number | null, parts: readonly (readonly [string, number | null])[]) => {
    const shown = parts.filter(([, count]) => count !== null && count > 0);
    if (all === null) return null;
    return [
      name,
      <span key={name}>
        <span className="numeric">{say.tokens(all)}</span>
        {shown.map(([part, count]) => (
          <span key={part} className="cost-token dim">
            {part} <span className="numeric">{formatQuantity(count ?? 0)}</span>
          </span>
        ))}
      </span>,
    ] as const;
  };
  return [
    line(token.input, tokens.input, [
      [token.cacheRead, tokens.cacheRead],
      [token.cacheWrite, tokens.cacheWrite],
      [token.audioIn, tokens.audioIn],
      [token.imageIn, tokens.imageIn],
    ]),
    line(token.output, tokens.output, [
      [token.reasoning, tokens.reasoning],
      [token.audioOut, tokens.audioOut],
      [token.imageOut, tokens.imageOut],
    ]),
  ];
}

function DeprecationPart({ deprecation }: { deprecation: Deprecation }): ReactNode {
  const { deprecatedAt, sunsetAt, link } = deprecation;
  return (
    <section aria-label={say.deprecated}>
      <p className="call-verdict tone-client">
        <OctagonAlert size={16} aria-hidden />
        <span>{say.deprecated}</span>
      </p>
      <Facts
        facts={[
          deprecatedAt === null ? null : [say.deprecatedSince, <Timestamp key="d" at={deprecatedAt} />],
          sunsetAt === null ? null : [say.sunsetAt, <Timestamp key="s" at={sunsetAt} />],
          link === null ? null : [say.more, <Mono key="l" text={link} />],
        ]}
      />
    </section>
  );
}

function RawUsage({ raw }: { raw: string }): ReactNode {
  return (
    <section aria-label={say.raw}>
      <h2 className="call-heading cost-raw-head">
        {say.raw}
        <CopyButton text={raw} label={say.copyRaw} />
      </h2>
      {/* A place to scroll in has to be reached by keyboard. */}
      <pre className="cost-raw mono" tabIndex={0}>
        {laidOut(raw)}
      </pre>
    </section>
  );
}

/** At most 4,000 characters: nothing to leave to the worker. Cut JSON stays as it is. */
function laidOut(raw: string): string {
  try {
    return JSON.stringify(JSON.parse(raw), null, 2);
  } catch {
    return raw;
  }
}

function Mono({ text }: { text: string }): ReactNode {
  return <span className="mono">{text}</span>;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
