import { STORE_PASSWORD } from '../java-store.ts';
import { noProxyEntries } from './hook.ts';
import type { Hook } from './hook.ts';

/**
 * The JVM reads system properties and no proxy variables, and trusts its own store. `JAVA_TOOL_OPTIONS` reaches every
 * JVM, also those that build tools start or that a program embeds, and each says so in a line on standard error
 * (“Picked up JAVA_TOOL_OPTIONS …”). `JDK_JAVA_OPTIONS` says as much, is read by the `java` launcher alone, and not by
 * Java 8: nothing would be gained.
 */
export const javaHook: Hook = {
  id: 'java',
  variables({ before, nameless, bundle, noProxy, files }) {
    const properties = {
      'http.proxyHost': nameless.host,
      'http.proxyPort': String(nameless.port),
      'https.proxyHost': nameless.host,
      'https.proxyPort': String(nameless.port),
      'http.nonProxyHosts': nonProxyHosts(noProxy),
      'javax.net.ssl.trustStore': files.javaStore(bundle),
      'javax.net.ssl.trustStoreType': 'jks',
      'javax.net.ssl.trustStorePassword': STORE_PASSWORD,
    };
    const options = Object.entries(properties).map(([name, value]) => quoted(`-D${name}=${value}`));
    // Of two settings of one property the later counts; one on the program's own command line comes later still.
    return { JAVA_TOOL_OPTIONS: [before['JAVA_TOOL_OPTIONS'] ?? '', ...options].filter(Boolean).join(' ') };
  },
};

/** Empty: nothing goes past us, calls to this machine too. Anything else, and Java adds its own list of loopback names. */
function nonProxyHosts(noProxy: string): string {
  const names = noProxyEntries(noProxy).flatMap((entry) => {
    const name = entry.replace(/:\d+$/, '');
    if (name === '*') return ['*'];
    // Java has no ranges of addresses.
    if (name.includes('/')) return [];
    const bare = name.replace(/^\*?\./, '');
    return bare === name && /^[\d.]+$|:/.test(name) ? [name] : [bare, `*.${bare}`];
  });
  return names.join('|');
}

/** One word for the JVM's reading of the variable: blanks end a word outside of quotes, and nothing escapes a quote. */
function quoted(word: string): string {
  if (!/[\s"']/.test(word)) return word;
  return word.includes('"') ? `'${word}'` : `"${word}"`;
}
