import type { Api } from '../client/connection.ts';
import { createSignal, useSignal } from '../client/signal.ts';
import type { Signal } from '../client/signal.ts';

/**
 * What the workspace remembers, kept by the engine so that both doors find the same. A copy stays in the browser, so
 * that a page has its theme and columns before the engine has answered.
 */
const LOCAL = 'sallyport.preferences';
const SAVE_MS = 400;

const signals = new Map<string, Signal<unknown>>();
let stored: Record<string, unknown> = readLocal();
let api: Api | null = null;
const unsaved = new Set<string>();
let timer: ReturnType<typeof setTimeout> | null = null;

function readLocal(): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(LOCAL) ?? '{}');
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function signalOf(key: string): Signal<unknown> {
  let signal = signals.get(key);
  if (!signal) signals.set(key, (signal = createSignal<unknown>(stored[key])));
  return signal;
}

/** Reads what the engine has, and from now on tells it what changes. */
export async function loadPreferences(from: Api): Promise<void> {
  api = from;
  const kept = await from.preferences.all();
  for (const key of unsaved) delete kept[key]; // changed here meanwhile
  stored = { ...stored, ...kept };
  for (const [key, signal] of signals) signal.set(stored[key]);
  saveLocal();
  save();
}

function saveLocal(): void {
  try {
    localStorage.setItem(LOCAL, JSON.stringify(stored));
  } catch {
    // A browser that keeps nothing still has the engine.
  }
}

/** A page that is closed does not wait for a timer, nor for a connection. */
function saveNow(): void {
  for (const key of unsaved) {
    void fetch(`/api/preferences/${key}`, {
      method: 'PUT',
      keepalive: true,
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ value: stored[key] ?? null }),
    });
  }
  unsaved.clear();
}
window.addEventListener('pagehide', saveNow);

function save(): void {
  timer ??= setTimeout(() => {
    timer = null;
    if (!api) return;
    for (const key of unsaved) {
      api.preferences.put({ key, value: stored[key] ?? null }).catch(() => unsaved.add(key));
    }
    unsaved.clear();
  }, SAVE_MS);
}

export function setPreference(key: string, value: unknown): void {
  stored = { ...stored, [key]: value };
  signalOf(key).set(value);
  unsaved.add(key);
  saveLocal();
  save();
}

export function readPreference<T>(key: string, usual: T, fits: (value: unknown) => value is T): T {
  const value = signalOf(key).get();
  return fits(value) ? value : usual;
}

/** A remembered value and how to change it. What does not `fit` (another version wrote it) counts as not there. */
export function usePreference<T>(key: string, usual: T, fits: (value: unknown) => value is T): [T, (value: T) => void] {
  const value = useSignal(signalOf(key));
  return [fits(value) ? value : usual, (next) => setPreference(key, next)];
}

/** Tells of every change of one preference, for what lies outside React. */
export function watchPreference(key: string, listener: () => void): () => void {
  return signalOf(key).watch(listener);
}
