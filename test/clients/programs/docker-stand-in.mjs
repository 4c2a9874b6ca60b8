#!/usr/bin/env node
// Stands in for docker where no daemon runs: a “container” is a process with the variables, the mount and the names
// that it was given, and nothing else of this machine's environment but its PATH.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const args = process.argv.slice(2);
if (args[0] === 'network') {
  console.log('127.0.0.1');
} else if (args[0] === 'image') {
  console.log(JSON.stringify(['PYTHONPATH=/app', 'LANG=C.UTF-8']));
} else {
  const given = { env: [], 'env-file': [], volume: [], 'add-host': [] };
  let at = 1;
  for (; args[at]?.startsWith('--'); at += args[at] === '--rm' ? 1 : 2) given[args[at].slice(2)]?.push(args[at + 1]);
  const [folder, inside] = given.volume[0]?.split(':') ?? ['', '/'];
  const [name, address] = given['add-host'][0]?.split(':') ?? ['host', 'host'];
  const seen = (text) => text.replaceAll(inside, folder).replaceAll(name, address);
  const files = given['env-file'].flatMap((file) => readFileSync(file, 'utf8').split('\n').filter(Boolean));
  const env = Object.fromEntries(
    [...files, ...given.env].map((line) => [line.slice(0, line.indexOf('=')), seen(line.slice(line.indexOf('=') + 1))]),
  );
  const [file, ...rest] = args.slice(at + 1);
  const { status } = spawnSync(file, rest, { stdio: 'inherit', env: { PATH: process.env.PATH, ...env } });
  process.exitCode = status ?? 1;
}
