// How commands that start containers are rewritten: see electron/engine/capture/attach/README.md. No container is run.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { throwawayCertificate } from '../../../../electron/engine/authority/throwaway.ts';
import { composeOverride } from '../../../../electron/engine/capture/attach/docker/compose.ts';
import { containerEnv } from '../../../../electron/engine/capture/attach/docker/container-env.ts';
import { readContainerCommand } from '../../../../electron/engine/capture/attach/docker/read-command.ts';
import { reachOf, rewriteContainerCommand } from '../../../../electron/engine/capture/attach/docker/rewrite.ts';

const gift = { envFile: '/data/runs/1/container.env', folder: '/data/container', hostAddress: '172.17.0.1' };
const ours = ['--env-file', '/data/runs/1/container.env', '--volume', '/data/container:/etc/sallyport:ro'];
const named = [...ours, '--add-host', 'host.docker.internal:172.17.0.1'];

const words = (line: string): string[] => line.split(' ');

test.each([
  ['run alpine', 'alpine'],
  ['run -it --rm alpine sh -c ls', 'alpine'],
  ['run -p 80:80 alpine', 'alpine'],
  ['run -itp 80:80 -v/a:/b alpine', 'alpine'],
  ['run --name shop --network=front alpine --name no', 'alpine'],
  ['run -eA=1 -e B=2 --env C=3 -- alpine', 'alpine'],
  ['--context far -H tcp://x container run --init=true alpine', 'alpine'],
  ['--debug run --gpus all --cap-add SYS_TIME registry.example/shop:1@sha256:0 -d', 'registry.example/shop:1@sha256:0'],
])('the image of “docker %s” is %s', (line, image) => {
  expect(readContainerCommand(words(line))?.image).toBe(image);
});

test.each(['ps', 'build .', 'exec -it shop sh', 'run', 'run --help', 'compose run web', '', 'image inspect alpine'])(
  '“docker %s” starts no container that we know of, and is left as it is',
  (line) => {
    expect(reachOf(words(line))).toBe('no-container');
    expect(rewriteContainerCommand(words(line), gift)).toEqual(words(line));
  },
);

describe('what is put in', () => {
  test('right behind run, so that the user’s own options win', () => {
    expect(rewriteContainerCommand(words('--context far run --rm alpine ls -d'), gift)).toEqual([
      ...words('--context far run'),
      ...named,
      ...words('--rm alpine ls -d'),
    ]);
  });

  test('a name for this machine only where there is none, and it may have one', () => {
    for (const line of [
      'run --network host alpine',
      'run --net=container:db alpine',
      'run --add-host=host.docker.internal:10.0.0.1 alpine',
    ]) {
      expect(rewriteContainerCommand(words(line), gift)).not.toContain('host.docker.internal:172.17.0.1');
    }
    expect(rewriteContainerCommand(words('run alpine'), { ...gift, hostAddress: null })).toEqual([
      'run',
      ...ours,
      'alpine',
    ]);
  });

  test('whatever the words are, none of the user’s is lost or moved', () => {
    const word = fc.oneof(
      fc.constantFrom('run', '-d', '-e', '--', '-it', '--network', 'host', '--env=A=1', '-'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), (args) => {
        const rewritten = rewriteContainerCommand(args, gift);
        const at = readContainerCommand(args)?.insertAt ?? args.length;
        const added = rewritten.length - args.length;
        expect([...rewritten.slice(0, at), ...rewritten.slice(at + added)]).toEqual(args);
      }),
    );
  });
});

test.each([
  ['run alpine', 'named'],
  ['run --network front alpine', 'named'],
  ['run --net host alpine', 'loopback'],
  ['run --network none alpine', 'no-network'],
  ['run -d alpine', 'outlives'],
  ['run -itd alpine', 'outlives'],
  ['run --detach=false alpine', 'named'],
  ['create alpine', 'outlives'],
] as const)('“docker %s” reaches us: %s', (line, reach) => {
  expect(reachOf(words(line))).toBe(reach);
});

test('an override for compose names each service, and keeps compose from reading our values as variables', () => {
  const text = composeOverride(['web', 'a.b'], { ...gift, variables: { A: 'x$y"z' } });
  expect(text).toBe(
    [
      'services:',
      ...['web', 'a.b'].flatMap((name) => [
        `  "${name}":`,
        '    environment:',
        String.raw`      A: "x$$y\"z"`,
        '    volumes:',
        '      - "/data/container:/etc/sallyport:ro"',
        '    extra_hosts:',
        '      - "host.docker.internal:172.17.0.1"',
      ]),
      '',
    ].join('\n'),
  );
});

describe('what is inside', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-docker-'));
  const given = {
    app: 'shop',
    run: null,
    proxy: { host: 'host.docker.internal', port: 1 },
    ownPort: null,
    bundle: join(folder, 'bundle.pem'),
    caPath: join(folder, 'bundle.pem'),
    folder: join(folder, 'container'),
    without: [],
  };
  beforeAll(() => writeFileSync(given.bundle, throwawayCertificate('ca.example').ca));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('every path that a variable names is there, and whoever the container runs as can read it', () => {
    const variables = containerEnv({ ...given, ownPort: 2, image: [] });
    const paths = Object.values(variables).flatMap((value) => value.match(/\/etc\/sallyport\/[\w./-]+/g) ?? []);
    expect(new Set(paths).size).toBeGreaterThan(6);
    for (const path of paths) {
      const { mode } = statSync(path.replace('/etc/sallyport', given.folder));
      expect(mode & 0o444, path).toBe(0o444);
    }
    expect(JSON.stringify(variables)).not.toContain(folder);
    expect(readFileSync(join(given.folder, 'php-start.php'), 'utf8')).not.toContain('shop');
  });

  test('what the image has in a hook’s variable is kept; where that is not known, the hook stays away', () => {
    const image = ['PYTHONPATH=/app', 'NODE_OPTIONS=--max-old-space-size=512', 'PATH=/bin'];
    const known = containerEnv({ ...given, image });
    expect(known['PYTHONPATH']).toBe('/etc/sallyport/python:/app');
    expect(known['NODE_OPTIONS']).toMatch(/^--max-old-space-size=512 --require=/);
    const unknown = Object.keys(containerEnv({ ...given, image: null }));
    expect(unknown).toContain('https_proxy');
    expect(unknown.filter((name) => /^(NODE_OPTIONS|JAVA_TOOL|PYTHON|RUBY|PHP_INI|APT)/.test(name))).toEqual([]);
  });

  test('a JVM is not led where it would have to prove who it is', () => {
    expect(containerEnv({ ...given, image: [] })).not.toHaveProperty('JAVA_TOOL_OPTIONS');
    expect(containerEnv({ ...given, ownPort: 7, image: [] })['JAVA_TOOL_OPTIONS']).toContain('https.proxyPort=7');
  });
});
