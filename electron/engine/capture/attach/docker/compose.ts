import { HOST_NAME, INSIDE, type ContainerGift } from './rewrite.ts';

/** An override file for docker compose: the services' containers go through us. YAML is JSON's superset in all we write. */
export function composeOverride(
  services: readonly string[],
  gift: ContainerGift & { variables: Readonly<Record<string, string>> },
): string {
  const lines = ['services:'];
  for (const service of services) {
    lines.push(`  ${JSON.stringify(service)}:`, '    environment:');
    for (const [name, value] of Object.entries(gift.variables)) {
      // A dollar sign would be taken for a variable of compose's own.
      lines.push(`      ${name}: ${JSON.stringify(value.replaceAll('$', '$$$$'))}`);
    }
    lines.push('    volumes:', `      - ${JSON.stringify(`${gift.folder}:${INSIDE}:ro`)}`);
    if (gift.hostAddress !== null) {
      lines.push('    extra_hosts:', `      - ${JSON.stringify(`${HOST_NAME}:${gift.hostAddress}`)}`);
    }
  }
  return `${lines.join('\n')}\n`;
}
