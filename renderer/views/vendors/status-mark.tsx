import { Ban, Circle, CircleCheck, CircleDashed, Hourglass } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import type { VendorStatus } from '../../../shared/model/vendor.ts';
import { words } from '../../words/index.ts';

const ICONS: Readonly<Record<VendorStatus, LucideIcon>> = {
  new: CircleDashed,
  known: Circle,
  approved: CircleCheck,
  deprecated: Hourglass,
  blocked: Ban,
};

/** A status as a shape and a word: colour alone says it to nobody who does not see it. */
export function StatusMark({ status }: { status: VendorStatus }): ReactNode {
  const Icon = ICONS[status];
  return (
    <span className="vendor-status" data-status={status} title={words.vendors.statusLong[status]}>
      <Icon size={12} aria-hidden />
      {words.vendors.status[status]}
    </span>
  );
}
