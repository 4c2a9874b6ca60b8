import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createCommandText } from '../../../../electron/engine/capture/identity/command-text.ts';
import { containerOf } from '../../../../electron/engine/capture/identity/linux/containers.ts';
import { programOf } from '../../../../electron/engine/capture/identity/program-name.ts';
import { findProject } from '../../../../electron/engine/capture/identity/project.ts';
import { remoteIn } from '../../../../electron/engine/capture/identity/git.ts';

describe('a program is called as people call it', () => {
  it.for([
    ['/usr/bin/node', ['node', 'app.js'], 'app.js'],
    ['/usr/bin/node', ['node', '--import', 'x.mjs', '/srv/billing/server.mjs', '--port', '1'], 'server.mjs'],
    ['/usr/bin/node', ['node', '/srv/a/node_modules/.bin/vite', 'dev'], 'vite'],
    ['/usr/bin/node', ['node', '/usr/lib/node_modules/npm/bin/npm-cli.js', 'ci'], 'npm'],
    ['/usr/bin/node', ['node', '/a/node_modules/@acme/tool/cli.js'], '@acme/tool'],
    ['/usr/bin/node', ['node', '-e', 'fetch()'], 'node'],
    ['/usr/bin/python3.11', ['python3', '-m', 'http.server', '80'], 'http.server'],
    ['/usr/bin/python3.11', ['python3', '-W', 'ignore', 'etl/nightly.py'], 'nightly.py'],
    ['/usr/bin/python3.11', ['python3', '-c', 'pass'], 'python3'],
    ['/usr/lib/jvm/bin/java', ['java', '-cp', 'a.jar', '-Xmx1g', 'com.acme.Main'], 'com.acme.Main'],
    ['/usr/lib/jvm/bin/java', ['java', '-jar', '/opt/app.jar'], 'app.jar'],
    ['/usr/bin/bash', ['/bin/bash', './deploy.sh'], 'deploy.sh'],
    ['/usr/bin/bash', ['-bash'], 'bash'],
    ['/usr/bin/bash', ['bash', '-lc', 'curl x'], 'bash'],
    ['/bin/busybox', ['wget', 'http://x'], 'wget'],
    ['/usr/sbin/nginx', ['nginx: worker process'], 'nginx'],
    ['/tmp/tool (deleted)', ['/tmp/tool'], 'tool'],
    ['C:\\Program Files\\nodejs\\node.exe', ['node.exe', 'C:\\work\\app.js'], 'app.js'],
  ] as const)('%s %j is %s', ([executable, args, name]) => {
    expect(programOf(executable, args, 'comm').name).toBe(name);
  });

  it('by the kernel’s word when nothing else can be read', () => {
    expect(programOf(null, [], 'kworker').name).toBe('kworker');
  });
});

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});
function makeFolder(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-project-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

describe('a project is named by its own files', () => {
  it.for([
    ['npm', 'package.json', '{"name":"billing"}', 'billing'],
    ['python', 'pyproject.toml', '[tool.x]\nname = "no"\n[project]\nname = "etl"\n', 'etl'],
    ['python', 'pyproject.toml', '[tool.poetry]\nname = "old"\n', 'old'],
    ['go', 'go.mod', 'module example.com/acme/gate\n\ngo 1.22\n', 'example.com/acme/gate'],
    ['rust', 'Cargo.toml', '[package]\nname = "fast"\n[dependencies]\nname = "no"\n', 'fast'],
    [
      'java',
      'pom.xml',
      '<project><parent><artifactId>no</artifactId></parent><artifactId>shop</artifactId></project>',
      'shop',
    ],
    ['java', 'settings.gradle.kts', 'rootProject.name = "pay"', 'pay'],
    ['php', 'composer.json', '{"name":"acme/site"}', 'acme/site'],
    ['ruby', 'thing.gemspec', 's.name = "gemstone"', 'gemstone'],
    ['dotnet', 'Acme.Api.csproj', '<Project/>', 'Acme.Api'],
  ] as const)('%s: %s', ([kind, file, text, name]) => {
    const folder = makeFolder({ [file]: text, 'src/deep/code.txt': '' });
    expect(findProject(join(folder, 'src/deep'), '/home/nobody')).toMatchObject({ kind, name, folder });
  });

  it('a package inside of node_modules is not the user’s project', () => {
    const folder = makeFolder({ 'package.json': '{"name":"mine"}', 'node_modules/dep/package.json': '{"name":"dep"}' });
    expect(findProject(join(folder, 'node_modules/dep'), '/')).toMatchObject({ name: 'mine' });
  });

  it('says branch and remote, in a worktree too, and no credentials', () => {
    const folder = makeFolder({ 'main/package.json': '{"name":"mine"}' });
    const git = (...args: string[]): void =>
      void execFileSync(
        'git',
        ['-c', 'user.name=a', '-c', 'user.email=a@b', '-c', 'init.defaultBranch=main', ...args],
        {
          cwd: join(folder, 'main'),
          stdio: 'ignore',
        },
      );
    git('init');
    git('remote', 'add', 'origin', `https://someone:${'s3cret'}@git.example/acme/mine.git`);
    git('add', '.');
    git('commit', '-m', 'one');
    git('worktree', 'add', '-b', 'feature', '../feature');
    const remote = 'https://git.example/acme/mine.git';
    expect(findProject(join(folder, 'main'), '/')).toMatchObject({ gitBranch: 'main', gitRemote: remote });
    expect(findProject(join(folder, 'feature'), '/')).toMatchObject({ gitBranch: 'feature', gitRemote: remote });
  });

  it('prefers the remote called origin', () => {
    expect(remoteIn('[remote "up"]\n\turl = git@x:a.git\n[remote "origin"]\n\turl = git@y:b.git\n')).toBe(
      'git@y:b.git',
    );
    expect(remoteIn('[core]\n\tbare = false\n')).toBe(null);
  });
});

describe('a container is known by its control group', () => {
  const id = '0f3c'.repeat(16);
  it.for([
    [`12:cpu:/docker/${id}\n`, 'docker:0f3c0f3c0f3c'],
    [`0::/system.slice/docker-${id}.scope\n`, 'docker:0f3c0f3c0f3c'],
    [`0::/user.slice/libpod-${id}.scope/container\n`, 'podman:0f3c0f3c0f3c'],
    [`0::/kubepods.slice/kubepods-pod1.slice/cri-containerd-${id}.scope\n`, 'kubernetes:0f3c0f3c0f3c'],
    [`0::/system.slice/cri-${id}\n`, 'containerd:0f3c0f3c0f3c'],
    ['0::/user.slice/user-1000.slice/session-2.scope\n', null],
  ] as const)('%s', ([cgroup, container]) => {
    expect(containerOf(cgroup)).toBe(container);
  });
});

describe('a command line is kept without its credentials', () => {
  const text = createCommandText(Buffer.alloc(32, 1), { names: ['sesame'], plain: [] });
  const secret = `pa55${'w0rd'}${'Zz'.repeat(6)}`;
  it.for([
    [['tool', `--token=${secret}`]],
    [['tool', '--api-key', secret]],
    [['tool', '--password', secret, 'file']],
    [['curl', '-u', `me:${secret}`, 'https://x']],
    [['curl', `-ume:${secret}`]],
    [['curl', '-H', `Authorization: Bearer ${secret}`]],
    [['curl', '-H', `X-Api-Key: ${secret}`]],
    [['curl', '-b', `session=${secret}`]],
    [['curl', `https://me:${secret}@host/path`]],
    [['curl', `https://host/path?access_token=${secret}&x=1`]],
    [['env', `AWS_SECRET_ACCESS_KEY=${secret}`, 'tool']],
    [['docker', 'run', '-e', `DB_PASSWORD=${secret}`, 'image']],
    [['mysql', `-p${secret}`, 'db']],
    [['curl', '-d', `{"password":"${secret}"}`]],
    [['tool', '--sesame', secret]],
    [['sh', '-c', `curl -H 'Authorization: Bearer ${secret}' https://x`]],
  ])('%j', ([args]) => {
    const shown = text(args!)!;
    expect(shown).not.toContain(secret);
    expect(shown).toContain('***');
    expect(shown.startsWith(args![0]!)).toBe(true);
  });

  it('and otherwise as it was typed', () => {
    expect(text(['node', 'app.js', '--port', '8080', '--key-file', '/etc/key.pem'])).toBe(
      'node app.js --port 8080 --key-file /etc/key.pem',
    );
    expect(text(['grep', 'a b', "it's"])).toBe(`grep 'a b' 'it'\\''s'`);
    expect(text(['x', 'y'.repeat(5000)])!.length).toBe(2000);
    expect(text([])).toBe(null);
  });
});
