/**
 * Networks whose addresses are served from many places at once (anycast, content delivery), by AS number. The country
 * of such an address says where it is registered and nothing of the server that answered.
 *
 * Numbers from memory, of networks that publish them; clouds' general networks (Amazon 16509, Google 15169, Microsoft
 * 8075) are not here, as most of their addresses are in one region.
 */
const EDGE: ReadonlySet<number> = new Set([
  13_335, // Cloudflare
  209_242, // Cloudflare
  54_113, // Fastly
  20_940, // Akamai
  16_625, // Akamai
  12_222, // Akamai
  32_787, // Akamai (Prolexic)
  60_068, // Datacamp (CDN77)
  30_081, // CacheNetworks
  200_325, // bunny.net
  22_822, // Edgio
  15_133, // Edgio
  33_438, // StackPath
  19_551, // Imperva
  60_626, // Gcore
  199_524, // Gcore
  30_148, // Sucuri
  397_213, // UltraDNS
  19_281, // Quad9
]);
const NAMES =
  /\b(?:cloudflare|fastly|akamai|cloudfront|incapsula|imperva|edgecast|edgio|stackpath|bunny(?:way|\.net)|cdn77|cachefly|gcore|g-core)\b/i;

/** Whether addresses of a network say nothing of where. */
export function isEdgeNetwork(number: number | null, name: string | null): boolean {
  return (number !== null && EDGE.has(number)) || (name !== null && NAMES.test(name));
}
