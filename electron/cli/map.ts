import { Option, type Command } from 'commander';
import { MAP_FORMATS } from '../../shared/contract/map.ts';
import { dataOption } from './shared-options.ts';

export interface MapExportOptions {
  data?: string;
  format: (typeof MAP_FORMATS)[number];
  version?: string;
  vendor?: string;
  service?: string;
  app?: string;
  since?: string;
  until?: string;
  out?: string;
}

export function addMap(program: Command): void {
  const map = program.command('map').description('take the map of apps, vendors and endpoints along');
  map
    .command('export')
    .description('write what is seen of APIs in a format that other tools read')
    .addOption(dataOption())
    .addOption(new Option('-f, --format <format>', 'what to write').choices(MAP_FORMATS).makeOptionMandatory())
    .option('--version <version>', 'of CycloneDX: 1.6 (default) or 1.7')
    .option('--vendor <id>', 'only calls to this vendor, as `sallyport vendors` lists it')
    .option('--service <id>', 'only calls to this API of a vendor, or to this host')
    .option('-a, --app <name>', 'only calls of this app')
    .option('--since <time>', 'from when: 7d (ago), a day, a time (default: 30d)')
    .option('--until <time>', 'until when (default: now)')
    .option('-o, --out <file>', 'where to write it (default: standard output; an xlsx to a terminal is refused)')
    .addHelpText(
      'after',
      `
  cyclonedx  a SaaSBOM: services, who calls them, data, countries (CycloneDX 1.6 or 1.7)
  openapi    OpenAPI 3.1 of one API, inferred from its calls
  graphql    the GraphQL operations that were called, as JSON
  csv, xlsx  the register: vendor, app and endpoint with figures, owner, countries, costs
  svg        a picture
  focus      costs in the columns of FOCUS, as CSV

What a format does not say is told on standard error. See docs/map.md.

Examples:
  sallyport map export --format cyclonedx --out saas.cdx.json
  sallyport map export --format openapi --vendor stripe --since 90d > stripe.openapi.json
  sallyport map export --format xlsx --app billing --out billing.xlsx
`,
    )
    .action(async (options: MapExportOptions) => (await import('./export-map.ts')).exportMap(options));
}
