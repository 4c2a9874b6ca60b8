import { createHmac, randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createFingerprint, loadFingerprintKey } from '../../../electron/engine/archive/fingerprint-key.ts';
import { createDataDir } from '../../harness/recorder.ts';

describe('the fingerprint of a secret', () => {
  it('is the beginning of its HMAC-SHA-256', () => {
    const latin1 = fc.string({
      unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
      maxLength: 3000,
    });
    fc.assert(
      fc.property(latin1, fc.uint8Array({ minLength: 1, maxLength: 100 }), (secret, key) => {
        expect(createFingerprint(Buffer.from(key))(secret)).toBe(
          createHmac('sha256', key).update(secret, 'latin1').digest('hex').slice(0, 8),
        );
      }),
    );
  });

  it("is the same after a restart and different in another installation; its key is the owner's alone", () => {
    const dataDir = createDataDir(onTestFinished);
    const key = loadFingerprintKey(dataDir);
    expect(loadFingerprintKey(dataDir).equals(key)).toBe(true);
    expect(createFingerprint(key)('a')).not.toBe(createFingerprint(randomBytes(32))('a'));
    if (process.platform !== 'win32') expect(statSync(join(dataDir, 'fingerprint.key')).mode & 0o777).toBe(0o600);
  });
});
