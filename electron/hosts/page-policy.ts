import { randomBytes } from 'node:crypto';

/** Headers on everything that any door of ours says. */
export const DOOR_HEADERS: Readonly<Record<string, string>> = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};

/** What an answer that is no page of ours may do when a browser is made to show it: nothing. */
export const NOTHING_POLICY =
  "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox";

/** Where a page that wants strict style rules says its nonce belongs; Vite's `html.cspNonce` writes it. */
export const NONCE_PLACE = '__CSP_NONCE__';

/**
 * The content security policy of the workspace's own pages and scripts.
 *
 * Scripts come from our files only, never inline. Editors and tooltips make style elements while they run: with a
 * nonce only those of our code count; without one, inline styles do. `sockets` are the addresses of the WebSocket, for
 * browsers that do not take 'self' for it.
 */
export function pagePolicy({ sockets = [], nonce }: { sockets?: readonly string[]; nonce?: string } = {}): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "worker-src 'self'",
    nonce === undefined
      ? "style-src 'self' 'unsafe-inline'"
      : `style-src-elem 'self' 'nonce-${nonce}'; style-src-attr 'unsafe-inline'`,
    "img-src 'self' data: blob:",
    "font-src 'self'",
    ['connect-src', "'self'", ...sockets].join(' '),
    "manifest-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

/** A page with a fresh nonce in the places it has for one; `nonce` is undefined when it has none. */
export function withNonce(html: string): { html: string; nonce?: string } {
  if (!html.includes(NONCE_PLACE)) return { html };
  const nonce = randomBytes(16).toString('base64url');
  return { html: html.replaceAll(NONCE_PLACE, nonce), nonce };
}

/** Powers that no page of ours asks for, and that nothing in one may have. */
export const NO_POWERS =
  'camera=(), microphone=(), geolocation=(), display-capture=(), usb=(), serial=(), hid=(), payment=(), midi=()';
