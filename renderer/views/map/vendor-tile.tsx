import { Ban, CircleCheck, CircleDashed, Hourglass, SquareStack } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import type { VendorStatus } from '../../../shared/model/vendor.ts';
import { appMark } from '../../callers/app-mark.tsx';
import { VendorMark } from '../../ui/vendor-mark.tsx';
import { words } from '../../words/index.ts';
import type { GraphNode } from './graph.ts';

const says = words.map;

/** The picture before a node’s name. */
export function NodeMark({ node: { kind, id, node, members, name } }: { node: GraphNode }): ReactNode {
  if (members > 1) return <SquareStack size={16} aria-hidden className="map-mark" />;
  if (kind === 'app') return appMark(id === 'app:' ? null : name, id === 'app:' ? 'unknown' : 'program');
  if (kind === 'vendor') return <VendorMark name={name} logo={node?.logo ?? null} size={20} />;
  return null;
}

const ICONS: Readonly<Record<VendorStatus, LucideIcon>> = {
  new: CircleDashed,
  known: CircleDashed,
  approved: CircleCheck,
  deprecated: Hourglass,
  blocked: Ban,
};

/** A status as a shape and a word: colour alone says it to nobody who does not see it. */
export function StatusMark({ status, wide = false }: { status: VendorStatus; wide?: boolean }): ReactNode {
  const Icon = ICONS[status];
  return (
    <span className="map-status" data-status={status}>
      <Icon size={12} aria-hidden />
      {wide ? says.status[status] : says.statusShort[status]}
    </span>
  );
}
