// Which container a process runs in, from its control groups: version 1 has one line a controller, version 2 one in all.

/**
 * `docker:0f3c…`, `podman:…`, `kubernetes:…`, `containerd:…`, `lxc:…`, the id's first twelve digits; null outside of
 * containers.
 */
export function containerOf(cgroup: string): string | null {
  for (const line of cgroup.split('\n')) {
    const path = line.slice(line.indexOf(':', line.indexOf(':') + 1) + 1);
    const named = containerIn(path);
    if (named !== null) return named;
  }
  return null;
}

function containerIn(path: string): string | null {
  const id = /([0-9a-f]{64})(?:\.scope)?(?:\/|$)/.exec(path)?.[1]?.slice(0, 12);
  if (id !== undefined) {
    if (/kubepods/.test(path)) return `kubernetes:${id}`;
    if (/libpod/.test(path)) return `podman:${id}`;
    if (/docker/.test(path)) return `docker:${id}`;
    return `containerd:${id}`;
  }
  const lxc = /\/lxc(?:\.payload)?[./]([\w.-]+)/.exec(path)?.[1];
  return lxc === undefined ? null : `lxc:${lxc}`;
}
