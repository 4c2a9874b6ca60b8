import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { snippet } from './snippet.ts';

export const goSnippet = snippet({
  id: 'go',
  title: 'Go',
  says: 'net/http and what is built on it; calls to this machine itself go around.',
  programs: ['go'],
  lines: ({ address, bundle, platform, variables }) => [
    ...variables('In the terminal that starts the program', {
      HTTP_PROXY: address,
      HTTPS_PROXY: address,
      SSL_CERT_FILE: bundle,
    }),
    ...(platform === 'linux'
      ? []
      : [
          {
            does: 'Go on this system asks only the system for trust: install the CA there',
            text: 'sallyport ca install',
          },
        ]),
  ],
  async send({ around, file, place, env, url }) {
    const folder = mkdtempSync(join(tmpdir(), 'sallyport-test-'));
    try {
      const program = join(folder, 'probe.go');
      writeFileSync(program, PROGRAM);
      // Built without our proxy: what Go itself fetches is no call of the program.
      const built = await around.runner.run(file, ['build', '-o', join(folder, 'probe.exe'), program], {
        env: { ...env, GOFLAGS: '-mod=mod', GO111MODULE: 'off' },
        timeoutMs: 120_000,
        cwd: folder,
      });
      if (built.code !== 0) return built;
      return await around.runner.run(join(folder, 'probe.exe'), [url], {
        env: { ...env, HTTPS_PROXY: place.address, SSL_CERT_FILE: place.bundle },
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
});

const PROGRAM = `package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
)

func main() {
	answer, err := http.Get(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	body, _ := io.ReadAll(answer.Body)
	fmt.Println(string(body))
}
`;
