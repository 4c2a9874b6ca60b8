import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { SELF_TEST_APP } from '../self-test.ts';
import { snippet } from './snippet.ts';
import type { Place } from './snippet.ts';

/** Java reads system properties, no variables but its own, and keeps its roots in a store that must be copied to add one. */
export const javaSnippet = snippet({
  id: 'java',
  title: 'Java, Kotlin, Scala',
  says: 'HttpClient, HttpURLConnection and most clients of the JVM. The JVM cannot name itself, so its calls have no app.',
  programs: ['java'],
  lines: (place) => {
    const store = '~/sallyport-trust.p12';
    const windows = place.platform === 'win32';
    const home = windows ? '$env:USERPROFILE\\sallyport-trust.p12' : '$HOME/sallyport-trust.p12';
    const cacerts = windows ? '"$env:JAVA_HOME\\lib\\security\\cacerts"' : '"$JAVA_HOME/lib/security/cacerts"';
    return [
      {
        does: `Once: a store with Java's own roots and our CA (${store}; JAVA_HOME is Java 9 or later)`,
        text: [
          `keytool -importkeystore -noprompt -srckeystore ${cacerts} -srcstorepass changeit -destkeystore "${home}" -deststoretype PKCS12 -deststorepass changeit`,
          `keytool -importcert -noprompt -alias sallyport -file ${place.word(place.ca)} -keystore "${home}" -storepass changeit`,
        ].join('\n'),
      },
      {
        does: 'In the terminal that starts the program: for every JVM, build tools too',
        text: windows
          ? `$env:JAVA_TOOL_OPTIONS = "${[...properties(place), `-Djavax.net.ssl.trustStore=${home}`].join(' ')} $env:JAVA_TOOL_OPTIONS"`
          : `export JAVA_TOOL_OPTIONS="${[...properties(place), `-Djavax.net.ssl.trustStore=${home}`].join(' ')} $JAVA_TOOL_OPTIONS"`,
      },
      {
        does: 'Undo it: a new terminal, and the store away',
        text: windows ? `Remove-Item "${home}"` : `rm "${home}"`,
      },
    ];
  },
  async send({ around, file, place, env, url }) {
    const folder = mkdtempSync(join(tmpdir(), 'sallyport-test-'));
    // The JVM names no app: a port of its own says whose call it is.
    const port = await around.openPort(SELF_TEST_APP);
    try {
      const store = join(folder, 'trust.p12');
      const keytool = toolBeside(file, 'keytool') ?? around.runner.find('keytool') ?? 'keytool';
      const made = await around.runner.run(
        keytool,
        [
          '-importcert',
          '-noprompt',
          '-alias',
          'sallyport',
          '-file',
          place.ca,
          '-keystore',
          store,
          '-storetype',
          'PKCS12',
          '-storepass',
          'changeit',
        ],
        { env },
      );
      if (made.code !== 0) return made;
      const program = join(folder, 'Probe.java');
      writeFileSync(program, PROGRAM);
      const flags = [...properties({ ...place, port: port.port }), `-Djavax.net.ssl.trustStore=${store}`];
      return await around.runner.run(file, [...flags, program, url], { env, timeoutMs: 60_000 });
    } finally {
      await port.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
});

function properties({ host, port }: Pick<Place, 'host' | 'port'>): string[] {
  return [
    `-Dhttp.proxyHost=${host}`,
    `-Dhttp.proxyPort=${port}`,
    `-Dhttps.proxyHost=${host}`,
    `-Dhttps.proxyPort=${port}`,
    '-Djavax.net.ssl.trustStorePassword=changeit',
  ];
}

/** A tool of the same JDK. */
function toolBeside(file: string, tool: string): string | null {
  const path = join(dirname(realpathSync(file)), tool);
  return existsSync(path) ? path : null;
}

const PROGRAM = `import java.net.*;
import java.net.http.*;

class Probe {
  public static void main(String[] given) throws Exception {
    var client = HttpClient.newBuilder().proxy(ProxySelector.getDefault()).build();
    var request = HttpRequest.newBuilder(URI.create(given[0])).build();
    System.out.println(client.send(request, HttpResponse.BodyHandlers.ofString()).body());
  }
}
`;
