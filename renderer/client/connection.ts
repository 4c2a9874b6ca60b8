import { createORPCClient, DynamicLink } from '@orpc/client';
import type { ClientLink } from '@orpc/client';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import { RPCLink as SocketLink } from '@orpc/client/websocket';
import type { DesktopBridge } from '../../shared/desktop/bridge.ts';
import type { Api } from './api.ts';
import { followPorts } from './desktop-port.ts';
import { createSignal } from './signal.ts';
import type { Signal } from './signal.ts';

export type { Api } from './api.ts';

type Link = ClientLink<Record<string, unknown>>;

/**
 * `open`: questions are answered. `connecting`: the first time. `lost`: it was open once, and is tried again; questions
 * asked meanwhile wait. `refused`: the engine is there and does not know us (its token changed): reloading helps not.
 */
export type ConnectionState = 'connecting' | 'open' | 'lost' | 'refused';

export interface Connection {
  api: Api;
  state: Signal<ConnectionState>;
  /** What the desktop shell can do beyond the contract; null in a browser. */
  shell: DesktopBridge | null;
  /** Why the engine is away and whether it comes back by itself, where the shell knows. */
  trouble: Signal<{ why: string; final: boolean } | null>;
}

declare global {
  interface Window {
    sallyport?: DesktopBridge;
  }
}

const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 4000;

/** Connects to the engine by the door there is: the desktop's port, or a WebSocket to where the page came from. */
export function connect(): Connection {
  const state = createSignal<ConnectionState>('connecting');
  const trouble: Connection['trouble'] = createSignal<{ why: string; final: boolean } | null>(null);
  const links = createLinkHolder();
  const shell = window.sallyport ?? null;
  if (shell?.door === 'port') {
    followPorts(shell, window, {
      onPort(port) {
        links.put(new PortLink({ port }));
        port.start();
        trouble.set(null);
        state.set('open');
      },
      onAway(engine) {
        links.drop();
        trouble.set('why' in engine ? { why: engine.why, final: engine.is === 'failed' } : null);
        if (engine.is !== 'starting') state.set('lost');
      },
    });
  } else {
    keepSocketOpen(links, state);
  }
  const api: Api = createORPCClient(new DynamicLink(() => links.wait()));
  return { api, state, shell, trouble };
}

interface LinkHolder {
  put(link: Link): void;
  drop(): void;
  /** The link, as soon as there is one. */
  wait(): Promise<Link>;
}

function createLinkHolder(): LinkHolder {
  let give: (link: Link) => void = () => {};
  let link = new Promise<Link>((resolve) => (give = resolve));
  let there = false;
  return {
    put(next) {
      if (there) link = Promise.resolve(next);
      else give(next);
      there = true;
    },
    drop() {
      if (!there) return;
      there = false;
      link = new Promise((resolve) => (give = resolve));
    },
    wait: () => link,
  };
}

/** A WebSocket that is opened again whenever it closes, at growing intervals, and at once when the page is looked at. */
function keepSocketOpen(links: LinkHolder, state: Signal<ConnectionState>): void {
  let delay = FIRST_RETRY_MS;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let wasOpen = false;

  function open(): void {
    timer = null;
    const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/rpc`);
    function closed(): void {
      links.drop();
      if (state.get() !== 'refused') state.set(wasOpen ? 'lost' : 'connecting');
      timer = setTimeout(open, delay);
      delay = Math.min(LAST_RETRY_MS, delay * 2);
      void askWhy();
    }
    socket.addEventListener('close', closed);
    socket.addEventListener('open', () => {
      delay = FIRST_RETRY_MS;
      wasOpen = true;
      links.put(new SocketLink({ websocket: socket }));
      // After the link's own: streams that are given up because of the loss must find it knows, or it tells a dead socket.
      socket.removeEventListener('close', closed);
      socket.addEventListener('close', closed);
      state.set('open');
    });
  }

  /** A browser does not tell why an upgrade was refused; a plain request does. */
  async function askWhy(): Promise<void> {
    try {
      const answer = await fetch('/api/system', { cache: 'no-store' });
      if (answer.status === 401) state.set('refused');
      else if (state.get() === 'refused') state.set('lost');
    } catch {
      // Nobody listens there: that is what `lost` says.
    }
  }

  document.addEventListener('visibilitychange', () => {
    if (document.hidden || timer === null) return;
    clearTimeout(timer);
    delay = FIRST_RETRY_MS;
    open();
  });
  open();
}
