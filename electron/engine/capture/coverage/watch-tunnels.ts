import type { CallEvent, Opened } from '../../../../shared/events/call-event.ts';
import type { ClientConnection } from '../identity/client-connection.ts';
import type { CoverageWatch } from './coverage.ts';

/** Tells coverage of tunnels that were passed on unread though they might have been read: from the proxy's own facts. */
export function watchTunnels(
  unread: CoverageWatch['unread'],
  connectionAt: (port: number) => ClientConnection | null,
): (event: CallEvent) => void {
  let opened: Opened | null = null;
  return (event) => {
    // The reason comes right after.
    if (event.type === 'opened') opened = event.kind === 'tunnel' ? event : null;
    else if (event.type === 'tunnelled' && opened !== null && opened.call === event.call) {
      const { app, host, port, clientAddress } = opened;
      const reason = event.reason === 'client-rejected-ca' ? 'pinned' : event.reason;
      if (reason !== 'pinned' && reason !== 'pass-through') return;
      const clientPort = Number(/:(\d+)$/.exec(clientAddress ?? '')?.[1] ?? 0);
      unread({ reason, app, host: event.serverName ?? host, port, connection: connectionAt(clientPort) });
    }
  };
}
