/** Ids of the map’s nodes, as the contract has them. */

export function appId(app: string | null): string {
  return `app:${app ?? ''}`;
}

export function appName(app: string | null): string {
  return app ?? 'nobody known';
}

export function vendorId(id: string): string {
  return `vendor:${id}`;
}

/** Calls whose endpoint nobody told (tunnels that were not read, calls of before) are their host’s. */
export function endpointId(host: string, endpoint: string | null): string {
  return endpoint === null ? `endpoint:${host}` : `endpoint:${host} ${endpoint}`;
}
