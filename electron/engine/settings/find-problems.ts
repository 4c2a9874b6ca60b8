import net from 'node:net';
import { isAbsolute } from 'node:path';
import type { SettingsChange } from '../../../shared/contract/settings.ts';
import { normaliseName } from '../../../shared/redaction/rules.ts';
import { chooseOneProxy, isLoopback } from '../pipeline/forward/upstream-proxy.ts';

/** What is wrong with a setting, in a sentence. */
export interface Problem {
  /** `topic.name`, or `topic.name.index` for one entry of a list. */
  path: string;
  says: string;
}

/** What cannot be seen from a value's type alone. */
export function findProblems(change: SettingsChange): Problem[] {
  return [
    ...eachOf(change.capture?.passThrough, 'capture.passThrough', problemOfHost),
    ...eachOf(change.redaction?.names, 'redaction.names', problemOfName),
    ...eachOf(change.redaction?.plain, 'redaction.plain', problemOfName),
    ...eachOf(change.network?.noProxy, 'network.noProxy', (entry) =>
      /[\s,]/.test(entry) ? 'One host an entry: it may hold no comma and no space.' : null,
    ),
    ...problemsOfProxy(change.network?.upstreamProxy),
    ...samePorts(change),
    ...problemsOfListening(change),
    // Whether the file is there and fit may change from day to day: it is told beside the settings, and damages none.
    ...eachOf(change.places?.databases, 'places.databases', (entry) =>
      isAbsolute(entry) ? null : 'Name the file by its whole path, as in /home/ada/dbip-country-lite.mmdb.',
    ),
    ...problemsOfPolicies(change.policies?.file),
  ];
}

function problemsOfPolicies(file: string | null | undefined): Problem[] {
  if (file === undefined || file === null || isAbsolute(file)) return [];
  return [{ path: 'policies.file', says: 'Name the file by its whole path, as in /srv/sallyport/policies.yaml.' }];
}

function eachOf(
  entries: readonly string[] | undefined,
  path: string,
  look: (entry: string) => string | null,
): Problem[] {
  return (entries ?? []).flatMap((entry, index) => {
    const says = look(entry);
    return says === null ? [] : [{ path: `${path}.${index}`, says: `“${entry}”: ${says}` }];
  });
}

function problemOfHost(entry: string): string | null {
  const bare = entry.replace(/^\*\./, '');
  if (entry.includes('://') || entry.includes('/')) return 'A host alone, without https:// and without a path.';
  if (bare.includes('*')) return 'An asterisk can stand only at the beginning, as in *.example.com.';
  if (/:\d+$/.test(bare) && !bare.includes('::')) return 'A host alone, without a port.';
  return /^[\p{L}\p{N}_.:-]+$/u.test(bare)
    ? null
    : 'It is not the name of a host, as in api.example.com or *.example.com.';
}

function problemOfName(entry: string): string | null {
  return normaliseName(entry).length >= 2 ? null : 'A name has at least two letters or digits.';
}

function problemsOfProxy(value: string | undefined): Problem[] {
  const path = 'network.upstreamProxy';
  if (value === undefined || value === 'environment' || value === 'none') return [];
  if (value.trim() === '')
    return [{ path, says: 'Say environment, none, or the address of a proxy, as in http://proxy.example:3128.' }];
  try {
    if (chooseOneProxy(value, [])('https', 'example.com', 443)?.password) {
      return [
        {
          path,
          says: 'A password is not kept in settings. Put the address with its password into https_proxy and http_proxy where the engine is started, and choose environment here.',
        },
      ];
    }
    return [];
  } catch (error) {
    return [{ path, says: error instanceof Error ? error.message : String(error) }];
  }
}

function problemsOfListening({ network }: SettingsChange): Problem[] {
  const addresses = network?.listen ?? [];
  const problems = eachOf(addresses, 'network.listen', (address) =>
    net.isIP(address) === 0 ? 'Not an address of this machine, as in 172.17.0.1, fd00::1, or 0.0.0.0 for all.' : null,
  );
  const open = addresses.filter((address) => net.isIP(address) !== 0 && !isLoopback(address));
  if (open.length > 0 && (network?.requireIdentity ?? 'no') === 'no') {
    problems.push({
      path: 'network.listen',
      says: `Whoever reaches ${open.join(', ')} could send calls through this machine, so the proxy listens there only when callers prove who they are: require identity, elsewhere or everywhere (--require-identity), and give programs a secret with sallyport apps add NAME.`,
    });
  }
  return problems;
}

function samePorts({ network }: SettingsChange): Problem[] {
  const { proxyPort, workspacePort } = network ?? {};
  return typeof proxyPort === 'number' && proxyPort === workspacePort
    ? [{ path: 'network.workspacePort', says: 'The proxy and the workspace cannot share a port.' }]
    : [];
}
