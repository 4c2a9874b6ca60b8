import { createSignal, useSignal } from '../client/signal.ts';

/** Where the page is: a view and its state, all of it in the address, so that every screen can be linked and restored. */
export interface Place {
  view: string;
  params: Readonly<Record<string, string>>;
}

function readPlace(): Place {
  const [view = '', query = ''] = location.hash.replace(/^#\/?/, '').split('?', 2);
  return { view: view || 'traffic', params: Object.fromEntries(new URLSearchParams(query)) };
}

const place = createSignal<Place>(readPlace());
window.addEventListener('hashchange', () => place.set(readPlace()));
window.addEventListener('popstate', () => place.set(readPlace()));

function addressOf({ view, params }: Place): string {
  const query = new URLSearchParams(params).toString();
  return `#/${view}${query === '' ? '' : `?${query}`}`;
}

/** Goes to a view; the one before is one step back. */
export function goTo(view: string, params: Record<string, string> = {}): void {
  const next = { view, params };
  history.pushState(null, '', addressOf(next));
  place.set(next);
}

/**
 * Changes the state of the view shown: undefined or '' takes a parameter away. `step`: whether the state before is one
 * step back (opening a call is; typing a filter is not).
 */
export function changePlace(change: Record<string, string | undefined>, step = false): void {
  const { view, params } = place.get();
  const entries = Object.entries({ ...params, ...change }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '',
  );
  const next = { view, params: Object.fromEntries(entries) };
  if (step) history.pushState(null, '', addressOf(next));
  else history.replaceState(null, '', addressOf(next));
  place.set(next);
}

export function usePlace(): Place {
  return useSignal(place);
}

/** One parameter of the address; '' when it is not there. */
export function useParam(name: string): string {
  return usePlace().params[name] ?? '';
}

/** An address that opens a view, for links that can be opened in a second window. */
export function linkTo(view: string, params: Record<string, string> = {}): string {
  return addressOf({ view, params });
}
