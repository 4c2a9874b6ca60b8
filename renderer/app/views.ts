import { lazy } from 'react';
import type { ComponentType } from 'react';
import {
  ArrowDownUp,
  Boxes,
  Building2,
  CircleDollarSign,
  Columns2,
  FileSearch,
  LayoutDashboard,
  Plug,
  Radar,
  Repeat2,
  Scale,
  Settings,
  Waypoints,
} from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import { words } from '../words/index.ts';

/** One page of the workspace. */
export interface View {
  /** In the address: `#/traffic`. */
  id: string;
  title: string;
  icon: LucideIcon;
  /** At the foot of the rail. */
  foot?: true;
  /** Opened from elsewhere with what it shows in its address: not on the rail, not in the palette. */
  hidden?: true;
  page: ComponentType;
}

/** Every view, in the order of the rail and of Ctrl/Cmd+1…9. A new view is a folder in `views/` and a line here. */
export const VIEWS: readonly View[] = [
  {
    id: 'overview',
    title: words.frame.view.overview,
    icon: LayoutDashboard,
    page: lazy(() => import('../views/overview/overview.tsx')),
  },
  {
    id: 'traffic',
    title: words.frame.view.traffic,
    icon: ArrowDownUp,
    page: lazy(() => import('../views/traffic/traffic.tsx')),
  },
  {
    id: 'map',
    title: words.frame.view.map,
    icon: Waypoints,
    page: lazy(() => import('../views/map/map.tsx')),
  },
  {
    id: 'costs',
    title: words.frame.view.costs,
    icon: CircleDollarSign,
    page: lazy(() => import('../views/costs/costs.tsx')),
  },
  {
    id: 'policies',
    title: words.frame.view.policies,
    icon: Scale,
    page: lazy(() => import('../views/policies/policies.tsx')),
  },
  {
    id: 'replay',
    title: words.frame.view.replay,
    icon: Repeat2,
    page: lazy(() => import('../views/replay/replay.tsx')),
  },
  {
    id: 'apps',
    title: words.frame.view.apps,
    icon: Boxes,
    page: lazy(() => import('../views/apps/apps.tsx')),
  },
  {
    id: 'vendors',
    title: words.frame.view.vendors,
    icon: Building2,
    page: lazy(() => import('../views/vendors/vendors.tsx')),
  },
  {
    id: 'capture',
    title: words.frame.view.capture,
    icon: Plug,
    page: lazy(() => import('../views/capture/capture.tsx')),
  },
  {
    id: 'settings',
    title: words.frame.view.settings,
    icon: Settings,
    foot: true,
    page: lazy(() => import('../views/settings/settings.tsx')),
  },
  {
    id: 'coverage',
    title: words.coverage.title,
    icon: Radar,
    hidden: true,
    page: lazy(() => import('../views/coverage/coverage.tsx')),
  },
  {
    id: 'call',
    title: words.call.title,
    icon: FileSearch,
    hidden: true,
    page: lazy(() => import('../views/call/call.tsx')),
  },
  {
    id: 'compare',
    title: words.compare.title,
    icon: Columns2,
    hidden: true,
    page: lazy(() => import('../views/compare/compare.tsx')),
  },
];

/** Those that somebody can go to without saying what they should show. */
export const PLACES: readonly View[] = VIEWS.filter(({ hidden }) => !hidden);
