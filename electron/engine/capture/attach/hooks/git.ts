import type { Hook } from './hook.ts';

/**
 * Git for Windows may use the system's TLS, which leaves out the bundle that `GIT_SSL_CAINFO` names unless told, and
 * wants to ask whether a certificate was revoked, which a local CA cannot say. Elsewhere the variables are enough. A
 * proxy in git's own settings is left alone: it may be the only way to that host.
 */
export const gitHook: Hook = {
  id: 'git',
  variables({ before, platform }) {
    if (platform !== 'win32') return {};
    const given = Number(before['GIT_CONFIG_COUNT'] ?? '0');
    const count = Number.isInteger(given) && given >= 0 ? given : 0;
    return {
      GIT_CONFIG_COUNT: String(count + 2),
      [`GIT_CONFIG_KEY_${count}`]: 'http.schannelUseSSLCAInfo',
      [`GIT_CONFIG_VALUE_${count}`]: 'true',
      [`GIT_CONFIG_KEY_${count + 1}`]: 'http.schannelCheckRevoke',
      [`GIT_CONFIG_VALUE_${count + 1}`]: 'false',
    };
  },
};
