import { ChevronDown, FileCode2, History, Plus } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import type { PolicyRow } from '../../../../shared/contract/policies.ts';
import { POLICY_KINDS } from '../../../../shared/model/policy.ts';
import type { Mode } from '../../../../shared/model/policy.ts';
import { useActions } from '../../../data/actions.ts';
import { ROW_HEIGHT, useDensity } from '../../../data/appearance.ts';
import { changePlace, goTo, linkTo, usePlace } from '../../../data/location.ts';
import { usePreference } from '../../../data/preferences.ts';
import { Button, IconButton } from '../../../ui/button.tsx';
import { DenseGrid } from '../../../ui/dense-grid.tsx';
import type { DenseGridHandle } from '../../../ui/dense-grid.tsx';
import { Empty } from '../../../ui/empty.tsx';
import { Choice, TextField } from '../../../ui/fields.tsx';
import { Late } from '../../../ui/late.tsx';
import { MenuButton } from '../../../ui/menu.tsx';
import { Split } from '../../../ui/split.tsx';
import { words } from '../../../words/index.ts';
import { ConfirmChange } from '../confirm-change.tsx';
import { removedText, withMode } from '../editor/file-change.ts';
import { placeOfCalls, readSpan, SPAN_NAMES } from '../place.ts';
import { PolicyBar } from '../policy-bar.tsx';
import { useDeed, useMode, usePolicies } from '../use-policies.ts';
import { EmptyPolicies } from './empty-policies.tsx';
import { findPolicies, nextOrder, orderPolicies, readOrder } from './list-order.ts';
import { policyColumns, spokenRow } from './policy-columns.tsx';
import { PolicyPanel } from './policy-panel.tsx';
import { Problems } from './problems.tsx';
import { toast } from '../../../ui/toasts.tsx';

const says = words.policies;
const isShare = (value: unknown): value is number => typeof value === 'number' && value > 15 && value < 85;
const keyOf = ({ id }: PolicyRow): string => id;

/** The policies: what each does, what came of it, and the switch that puts it in force. */
export function PolicyList(): ReactNode {
  const { params } = usePlace();
  const span = readSpan(params['span']);
  const find = params['find'] ?? '';
  const opened = params['policy'] ?? null;
  const order = useMemo(() => readOrder(params['sort']), [params]);
  const { data, error, readAt } = usePolicies(span);
  const [share, setShare] = usePreference('policies.split', 62, isShare);
  const [density] = useDensity();
  const [active, setActive] = useState<string | null>(null);
  const [asking, setAsking] = useState<{ id: string; to: 'enforce' | 'remove' } | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const list = useRef<DenseGridHandle>(null);
  const setMode = useMode();
  const deed = useDeed();
  const all = data?.policies;
  const shown = useMemo(() => orderPolicies(findPolicies(all ?? [], find), order), [all, find, order]);
  // Ages change once a minute; columns made anew draw every row.
  const now = Math.floor(readAt / 60e6) * 60e6;

  function changeMode(policy: PolicyRow, mode: Mode): void {
    if (policy.mode === mode || !data) return;
    if (mode === 'enforce') setAsking({ id: policy.id, to: 'enforce' });
    else void setMode(policy, mode, { base: data.version });
  }
  // What a row does is the same whoever drew it.
  const doing = useRef(changeMode);
  doing.current = changeMode;
  const columns = useMemo(() => policyColumns(span, now, (policy, mode) => doing.current(policy, mode)), [span, now]);

  const open = ({ id }: PolicyRow): void => changePlace({ policy: id }, opened === null);
  const close = (): void => {
    changePlace({ policy: undefined });
    list.current?.focus();
  };
  const current = all?.find(({ id }) => id === (opened ?? active)) ?? null;
  const create = (kind = 'limit'): void => goTo('policies', { edit: 'new', kind });
  const asked = all?.find(({ id }) => id === asking?.id) ?? null;

  function answer(reason: string | null): void {
    setAsking(null);
    if (reason === null || !asked || !asking || !data) return;
    const more = { base: data.version, ...(reason !== '' && { reason }) };
    if (asking.to === 'enforce') {
      void setMode(asked, 'enforce', more);
      return;
    }
    const { text } = data;
    void deed((api) => api.policies.change({ id: asked.id, text: null, ...more })).then((done) => {
      if (!done) return;
      changePlace({ policy: undefined });
      toast(says.removed(asked.id), {
        action: {
          title: words.general.undo,
          run: () =>
            void deed((api) => api.policies.apply({ text, base: done.version })).then(
              (undone) => undone && toast(says.undone(asked.id)),
            ),
        },
      });
    });
  }

  useActions(says.title, [
    { id: 'policies.find', title: says.keys.find, keys: ['/', 'mod+f'], run: () => field.current?.focus() },
    {
      id: 'policies.next',
      title: says.keys.next,
      keys: ['j'],
      alsoKeys: ['arrowdown'],
      quiet: true,
      run: () => list.current?.move(1),
    },
    {
      id: 'policies.previous',
      title: says.keys.previous,
      keys: ['k'],
      alsoKeys: ['arrowup'],
      quiet: true,
      run: () => list.current?.move(-1),
    },
    { id: 'policies.create', title: says.keys.create, keys: ['n'], run: () => create() },
    {
      id: 'policies.versions',
      title: says.keys.versions,
      keys: ['v'],
      run: () => goTo('policies', { show: 'versions' }),
    },
    ...(current === null
      ? []
      : [
          {
            id: 'policies.edit',
            title: says.keys.edit,
            keys: ['e'],
            run: () => goTo('policies', { edit: current.id }),
          },
          { id: 'policies.off', title: says.keys.off, keys: ['1'], run: () => changeMode(current, 'off') },
          { id: 'policies.observe', title: says.keys.observe, keys: ['2'], run: () => changeMode(current, 'observe') },
          { id: 'policies.enforce', title: says.keys.enforce, keys: ['3'], run: () => changeMode(current, 'enforce') },
          {
            id: 'policies.calls',
            title: says.keys.calls,
            keys: ['c'],
            run: () => goTo('traffic', placeOfCalls({ policy: current.id }, span)),
          },
        ]),
    ...(opened === null
      ? []
      : [{ id: 'policies.close', title: says.keys.close, keys: ['escape'], quiet: true, run: close }]),
  ]);

  const bar = (
    <PolicyBar>
      {all !== undefined && all.length > 0 && (
        <>
          <TextField
            ref={field}
            className="policies-find"
            aria-label={says.findLabel}
            placeholder={says.find}
            value={find}
            onChange={(event) => changePlace({ find: event.target.value })}
            onKeyDown={(event) => {
              if (event.key === 'ArrowDown' || event.key === 'Enter') {
                list.current?.focus();
                list.current?.move(0);
              } else if (event.key === 'Escape' && find !== '') changePlace({ find: undefined });
              else if (event.key === 'Escape') event.currentTarget.blur();
              else return;
              event.preventDefault();
              event.stopPropagation();
            }}
          />
          <Choice
            label={says.range}
            value={span}
            options={SPAN_NAMES.map((value) => ({ value, title: says.ranges[value] }))}
            onChange={(value) => changePlace({ span: value === '7d' ? undefined : value })}
          />
        </>
      )}
      <span className="page-gap" />
      <IconButton
        icon={History}
        label={says.versions}
        keys="v"
        onClick={() => goTo('policies', { show: 'versions' })}
      />
      <IconButton icon={FileCode2} label={says.editFile} onClick={() => goTo('policies', { edit: '*' })} />
      <MenuButton
        align="end"
        trigger={
          <Button look="primary" icon={Plus}>
            {says.newPolicy}
            <ChevronDown size={12} aria-hidden />
          </Button>
        }
        entries={POLICY_KINDS.map((kind) => ({
          title: (
            <span className="policies-kind-line">
              <strong>{says.kind[kind]}</strong> <span className="dim">{says.kindSays[kind]}</span>
            </span>
          ),
          run: () => create(kind),
        }))}
      />
    </PolicyBar>
  );

  if (!data || !all) {
    return (
      <>
        {bar}
        {error ? (
          <Empty title={says.failed} says={error.message} />
        ) : (
          <Late>
            <p className="page-late dim">{words.general.loading}</p>
          </Late>
        )}
      </>
    );
  }
  const listPart = (
    <div className="policies-left">
      {shown.length === 0 ? (
        <Empty title={says.noneFound}>
          <Button onClick={() => changePlace({ find: undefined })}>{says.clearFind}</Button>
        </Empty>
      ) : (
        <DenseGrid
          ref={list}
          label={says.list}
          rows={shown}
          columns={columns}
          keyOf={keyOf}
          spoken={spokenRow}
          rowHeight={ROW_HEIGHT[density]}
          {...(order && { order })}
          onOrder={(by) => changePlace({ sort: nextOrder(order, by) })}
          opened={opened}
          onOpen={open}
          onClose={close}
          onActive={({ id }) => setActive(id)}
        />
      )}
      <p className="policies-foot dim" role="status">
        <span>{says.counted(shown.length, all.length)}</span>
        <a href={linkTo('policies', { show: 'versions' })}>{says.inForce(data.version)}</a>
        <span className="page-gap" />
        <span className="ellipsis" title={says.file(data.file)}>
          {data.file}
        </span>
      </p>
    </div>
  );
  return (
    <>
      {bar}
      <Problems file={data.file} problems={data.problems} />
      {all.length === 0 ? (
        <EmptyPolicies file={data.file} />
      ) : (
        <div className="policies">
          <Split
            share={share}
            onShare={setShare}
            first={listPart}
            second={
              opened === null ? null : (
                <PolicyPanel
                  key={opened}
                  id={opened}
                  row={all.find(({ id }) => id === opened) ?? null}
                  text={data.text}
                  span={span}
                  now={readAt}
                  onMode={changeMode}
                  onRemove={({ id }) => setAsking({ id, to: 'remove' })}
                  onClose={close}
                />
              )
            }
          />
        </div>
      )}
      {asking && asked && (
        <ConfirmChange
          title={asking.to === 'enforce' ? says.confirm.enforceTitle(asked.id) : says.confirm.removeTitle(asked.id)}
          says={
            asking.to === 'enforce' ? (
              <>
                <p>{says.confirm.enforceSays}</p>
                <p>
                  {asked.hits.asked === 0
                    ? says.confirm.notObserved(says.ranges[span])
                    : says.confirm.observed(asked.hits.denied, asked.hits.waited, asked.hits.asked, says.ranges[span])}
                </p>
              </>
            ) : (
              says.confirm.removeSays
            )
          }
          diff={differenceOf(data.text, asking)}
          action={asking.to === 'enforce' ? says.confirm.enforce : says.confirm.remove}
          look={asking.to === 'enforce' ? 'primary' : 'danger'}
          onAnswer={answer}
        />
      )}
    </>
  );
}

function differenceOf(
  text: string,
  { id, to }: { id: string; to: 'enforce' | 'remove' },
): { before: string; after: string } | null {
  const after = to === 'enforce' ? withMode(text, id, 'enforce') : removedText(text, id);
  return after === null ? null : { before: text, after };
}
