// Ends this process, as if asked to by SIGTERM, when those who started it are gone: nobody would be left to stop it.

/** Under an older Node's launcher: the channel between the two closes when the launcher is gone, however it went. */
export function endWithLauncher() {
  process.on('disconnect', end);
  process.channel?.unref();
}

/**
 * Under npm: it runs scripts in a shell and passes its signals to that shell alone, which ends and leaves us behind.
 * A parent's death is no event anywhere, so it is looked for.
 */
export function endWithNpm() {
  const parent = process.ppid;
  if (!process.env['npm_command'] || parent <= 1) return;
  const watch = setInterval(() => {
    if (process.platform === 'win32' ? isAlive(parent) : process.ppid === parent) return;
    clearInterval(watch);
    end();
  }, 500);
  watch.unref();
}

function end() {
  if (process.listenerCount('SIGTERM') > 0) process.emit('SIGTERM', 'SIGTERM');
  else process.exit(143);
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
