import { useState } from 'react';
import type { ReactNode } from 'react';
import type { VendorRow } from '../../../shared/contract/vendors.ts';
import { changePlace } from '../../data/location.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/fields.tsx';
import { toast } from '../../ui/toasts.tsx';
import { VendorMark } from '../../ui/vendor-mark.tsx';
import { words } from '../../words/index.ts';
import { useDeed } from './use-vendors.ts';
import { idOf } from './vendor-order.ts';

const says = words.vendors;
/** Further ones are found by typing. */
const SHOWN = 50;

/** Says whose the hosts of a vendor are: one that is there, or a new one. */
export function Assign({
  vendor,
  vendors,
  onClose,
}: {
  vendor: VendorRow;
  vendors: readonly VendorRow[];
  onClose: () => void;
}): ReactNode {
  const deed = useDeed();
  const [typed, setTyped] = useState('');
  const hosts = vendor.hosts.map(({ host }) => host);
  const shownHosts = hosts.length <= 2 ? hosts.join(', ') : `${hosts[0]} ${says.more(hosts.length - 1)}`;
  const wanted = typed.trim().toLowerCase();
  const found = vendors
    .filter(
      ({ id, name, listed }) =>
        id !== vendor.id && (wanted === '' ? listed : name.toLowerCase().includes(wanted) || id.includes(wanted)),
    )
    .toSorted((a, b) => a.name.localeCompare(b.name))
    .slice(0, SHOWN);
  const made = idOf(typed);
  const fresh = made !== '' && !vendors.some(({ id, name }) => id === made || name.toLowerCase() === wanted);

  async function assign(to: { id: string; name: string; fresh: boolean }): Promise<void> {
    onClose();
    const done = await deed((api) =>
      api.vendors.assign({ id: to.id, ...(to.fresh && { name: to.name }), hosts: hosts.slice(0, 100) }),
    );
    if (!done) return;
    changePlace({ vendor: to.id });
    toast(says.assigned(shownHosts, to.name), {
      action: {
        title: words.general.undo,
        run: () =>
          void deed((api) => api.vendors.assign({ id: vendor.id, hosts: hosts.slice(0, 100) })).then((back) => {
            if (back) changePlace({ vendor: vendor.id });
          }),
      },
    });
  }
  const first = found[0];
  return (
    <Dialog open onClose={onClose} title={says.assignTitle(vendor.name)}>
      <form
        className="vendor-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (fresh) void assign({ id: made, name: typed.trim(), fresh: true });
          else if (first && wanted !== '') void assign({ ...first, fresh: false });
        }}
      >
        <p className="dim">{says.assignSays(shownHosts)}</p>
        <TextField
          autoFocus
          aria-label={says.assignLabel}
          placeholder={says.assignHint}
          maxLength={200}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
        <ul className="vendor-choices" aria-label={says.assignList}>
          {fresh && (
            <li>
              <button type="button" onClick={() => void assign({ id: made, name: typed.trim(), fresh: true })}>
                {says.assignNew(typed.trim())} <span className="unit">{made}</span>
              </button>
            </li>
          )}
          {found.map((one) => (
            <li key={one.id}>
              <button type="button" onClick={() => void assign({ ...one, fresh: false })}>
                <VendorMark name={one.name} logo={one.logo} size={16} />
                <span className="ellipsis">{one.name}</span> <span className="unit">{says.category(one.category)}</span>
              </button>
            </li>
          ))}
        </ul>
        <div className="dialog-buttons">
          <Button onClick={onClose}>{words.general.cancel}</Button>
        </div>
      </form>
    </Dialog>
  );
}
