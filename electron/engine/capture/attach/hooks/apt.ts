import type { Hook } from './hook.ts';

/**
 * apt follows `https_proxy`, but its GnuTLS reads no variable for trust: a settings file has to say it. What the user
 * named in `APT_CONFIG` is taken in; /etc/apt is read after it and wins. Started by root, apt fetches as a user of its
 * own, who must be able to read the bundle.
 */
export const aptHook: Hook = {
  id: 'apt',
  variables({ before, bundle, platform, files }) {
    if (platform !== 'linux') return {};
    const own = before['APT_CONFIG'];
    const include = own ? `#include ${quoted(own)};\n` : '';
    const text = `${include}Acquire::https::CAInfo ${quoted(files.readable(bundle))};\n`;
    return { APT_CONFIG: files.keep(`apt-${own ? 'own' : 'plain'}.conf`, text) };
  },
};

function quoted(path: string): string {
  return `"${path.replaceAll('"', '')}"`;
}
