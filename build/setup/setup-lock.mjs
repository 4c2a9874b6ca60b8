// One set-up at a time per clone. The lock is a file that its owner touches while it works; one that has not been
// touched for a while, or whose owner is gone, was left by a crash and is taken over.
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { paths } from './paths.mjs';

const touchEvery = 2_000;
const staleAfter = 30_000;

/**
 * @template T
 * @param {(line: string) => void} say
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withSetupLock(say, work) {
  mkdirSync(dirname(paths.setupLock), { recursive: true });
  let told = false;
  while (!takeLock()) {
    if (!told) say('waiting for another set-up of this clone');
    told = true;
    await pause(100);
  }
  const touching = setInterval(() => utimesSync(paths.setupLock, new Date(), new Date()), touchEvery);
  try {
    return await work();
  } finally {
    clearInterval(touching);
    rmSync(paths.setupLock, { force: true });
  }
}

function takeLock() {
  try {
    writeFileSync(paths.setupLock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    removeStaleLock();
    return false;
  }
}

function removeStaleLock() {
  try {
    const owner = readFileSync(paths.setupLock, 'utf8');
    const idle = Date.now() - statSync(paths.setupLock).mtimeMs;
    if (idle < touchEvery || (idle < staleAfter && isAlive(Number(owner)))) return;
    // Renaming first lets only one of several waiters remove it; a fresh lock taken by mistake is put back.
    const removed = `${paths.setupLock}.${process.pid}`;
    renameSync(paths.setupLock, removed);
    if (readFileSync(removed, 'utf8') !== owner) linkSync(removed, paths.setupLock);
    rmSync(removed);
  } catch {
    // Another waiter was quicker, or the owner has just finished.
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
