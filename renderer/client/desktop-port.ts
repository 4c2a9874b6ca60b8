import { PORT_MESSAGE } from '../../shared/desktop/bridge.ts';
import type { DesktopBridge, EngineCondition } from '../../shared/desktop/bridge.ts';

/** What is told about ports to the engine. */
export interface PortListener {
  /** A new one; the one before is closed. */
  onPort(port: MessagePort): void;
  /** The engine is away; why, in a sentence, when that is known, and whether it is tried again by itself. */
  onAway(condition: EngineCondition): void;
}

/** Asks the desktop's shell for a port whenever the engine runs anew. Ports come as messages of the page's own window. */
export function followPorts(
  bridge: Pick<DesktopBridge, 'onEngine' | 'requestPort'>,
  page: Pick<Window, 'addEventListener'>,
  { onPort, onAway }: PortListener,
): void {
  let port: MessagePort | null = null;
  let runs = false;

  page.addEventListener('message', (event) => {
    const [next] = event.ports;
    // A frame or another window could send such a message, too; we have no frames, and their source is not us.
    if (event.source !== page || event.data !== PORT_MESSAGE || !next) return;
    port?.close();
    port = next;
    onPort(next);
  });
  bridge.onEngine((condition) => {
    const before = runs;
    runs = condition.is === 'running';
    if (runs && !before) bridge.requestPort();
    else if (!runs) onAway(condition);
  });
}
