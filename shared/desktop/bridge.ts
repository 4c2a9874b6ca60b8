/** The bridge is `window[BRIDGE]`. */
export const BRIDGE = 'sallyport';

/** `data` of the window message that brings the page its MessagePort to the engine. */
export const PORT_MESSAGE = 'sallyport:port';

/** What the desktop shell does for the page; absent in a browser. */
export interface DesktopBridge {
  readonly platform: 'darwin' | 'linux' | 'win32';
  readonly version: string;
  /** How this window reaches its engine: by a port of ours, or by the WebSocket of an engine that was there before. */
  readonly door: 'port' | 'socket';
  /** Asks for a new port; it comes as a window message (PORT_MESSAGE) when the engine runs. Earlier ports are closed. */
  requestPort(): void;
  /** Tells how the engine is, now and whenever that changes. Gives how to stop listening. */
  onEngine(listener: (engine: EngineCondition) => void): () => void;
  /** Tells the id of the action that was chosen in the menu. Gives how to stop listening. */
  onCommand(listener: (action: string) => void): () => void;
  /** The views in the order of their keys, by the actions that open them, for the menu; nine at most. */
  describeViews(views: readonly MenuView[]): void;
  /** Starts the engine again after `failed`. */
  restartEngine(): void;
  /** Asks where to, and writes the answer of `GET path` there. Rejects with a sentence. */
  saveAs(request: SaveRequest): Promise<{ saved: boolean }>;
  /** Asks for a file, and sends it as the body of `POST path?name=FILE`; the JSON that came back. Rejects with a sentence. */
  sendFile(request: SendRequest): Promise<{ sent: false } | { sent: true; name: string; answer: unknown }>;
  /** Shows the steps that make this machine trust the authority, or forget it; asks, and does them. */
  changeTrust(what: 'install' | 'uninstall'): Promise<TrustOutcome>;
  /** A notification of the system, when the window is not in front. */
  notify(notice: { title: string; body: string }): void;
  /** Opens an https address in the system's browser. False when it may not. */
  openOutside(url: string): Promise<boolean>;
  settings(): Promise<ShellSettings>;
  changeSettings(change: Partial<ShellSettings>): Promise<ShellSettings>;
}

/** How the engine of this window is. */
export type EngineCondition =
  | { is: 'starting' }
  | { is: 'running' }
  /** It crashed, or ended; what was recorded is kept. */
  | { is: 'restarting'; why: string; attempt: number; inMs: number }
  /** It is not tried again by itself. */
  | { is: 'failed'; why: string }
  | { is: 'stopping' };

export interface MenuView {
  /** Id of the action that opens it. */
  action: string;
  title: string;
}

export interface SaveRequest {
  /** `/api/…` */
  path: string;
  /** Proposed name of the file, without a folder. */
  name: string;
}

export interface SendRequest {
  /** `/api/…` */
  path: string;
  title: string;
  /** Without a dot; any file when empty. */
  extensions: readonly string[];
  type: string;
}

export type TrustOutcome =
  | { changed: true; left: readonly string[] }
  /** The user said no, or a step failed; `why` says which, and what of it was done. */
  | { changed: false; why: string };

/** Kept by the shell in the data folder. */
export interface ShellSettings {
  launchAtLogin: boolean;
  /** Whether recording goes on in the tray when the window is closed. */
  keepInTray: boolean;
  /** Whether the shell may ask the update feed; it never does where none is configured. */
  updates: boolean;
  /** Null: this copy has no update feed. */
  readonly feed: string | null;
}
