// Rule: an engine that is killed while it writes the policy file leaves a whole one: the old or the new.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readPolicyText } from '../../../electron/engine/govern/register/read-policies.ts';

const CHILD = fileURLToPath(new URL('kill-and-look.ts', import.meta.url));

test('killed in the middle, the file is whole', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'policies-kill-'));
  const file = join(dir, 'policies.yaml');
  for (let kill = 0; kill < 4; kill += 1) {
    const child = spawn(process.execPath, [CHILD, file], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    // Whatever it is doing just then: another moment every time.
    for (let turn = 0; turn < kill * 7; turn += 1) readFileSync(file);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const text = readFileSync(file, 'utf8');
    expect(text).toMatch(/^policies:\n[\s\S]*\n# end \d+\n$/);
    const read = readPolicyText(text);
    expect('value' in read && read.value.policies.length).toBe(60);
  }
  rmSync(dir, { recursive: true, force: true });
}, 60_000);
