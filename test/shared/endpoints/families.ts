import { readFileSync } from 'node:fs';
import { createEndpointNamer } from '../../../shared/endpoints/namer.ts';
import type { Call } from './traffic.ts';
import { callsOf, createDice, readFamilies, shuffle } from './traffic.ts';

const read = (file: string): string =>
  readFileSync(new URL(`../../fixtures/endpoints/${file}`, import.meta.url), 'utf8');

export const families = new Map([...readFamilies(read('described.txt')), ...readFamilies(read('written.txt'))]);

/** Calls of a family in some order. */
export function trafficOf(family: string, seed: number, each = 20): Call[] {
  const dice = createDice(seed + family.length * 1000);
  return shuffle(callsOf(family, families.get(family)!, each, dice), dice);
}

/** What the calls are named in the end: as they were named, with all merges since. */
export function namesOf(calls: readonly Call[]): string[] {
  const namer = createEndpointNamer();
  const aliases = new Map<string, string>();
  const named = calls.map(({ family, method, path }) =>
    namer.name({ host: `${family}.test`, method, path, query: '', requestLines: '' }, null),
  );
  for (const { from, to } of namer.takeMerges()) for (const one of from) aliases.set(one, to);
  return named.map((name) => {
    let last = name;
    for (let step = 0; step < 50 && aliases.has(last); step += 1) last = aliases.get(last)!;
    return last;
  });
}

/** Of all pairs of calls: how many with one name are of one operation, and how many of one operation have one name. */
export function compare(calls: readonly Call[], names: readonly string[]): { precision: number; recall: number } {
  const both = new Map<string, number>();
  const ofName = new Map<string, number>();
  const ofOperation = new Map<string, number>();
  const add = (map: Map<string, number>, key: string): void => void map.set(key, (map.get(key) ?? 0) + 1);
  for (const [at, { operation }] of calls.entries()) {
    add(both, `${operation}\n${names[at]}`);
    add(ofName, names[at]!);
    add(ofOperation, operation);
  }
  const pairs = (map: Map<string, number>): number =>
    [...map.values()].reduce((sum, count) => sum + (count * (count - 1)) / 2, 0);
  const right = pairs(both);
  return { precision: right / Math.max(1, pairs(ofName)), recall: right / Math.max(1, pairs(ofOperation)) };
}
