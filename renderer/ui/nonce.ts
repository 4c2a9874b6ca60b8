/**
 * The number that the content security policy wants on style elements made while the page runs (CSP 3, §7.2); undefined where the door gives none. Editors and others that make such elements are handed it.
 */
export const styleNonce: string | undefined =
  document.querySelector<HTMLScriptElement>('script[nonce]')?.nonce || undefined;
