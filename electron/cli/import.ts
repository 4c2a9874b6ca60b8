import type { Command } from 'commander';
import { dataOption } from './shared-options.ts';

export interface ImportOptions {
  data?: string;
}

export function addImport(program: Command): void {
  program
    .command('import')
    .description('read the calls of a HAR file into the running engine')
    .argument('<file>', 'a HAR file of any tool, perhaps gzip-compressed; - for standard input')
    .addOption(dataOption())
    .addHelpText(
      'after',
      `
The calls are recorded, and their credentials redacted, like any others; they have the source “import”.
Files of any length are read as they come. An entry that cannot be read is passed over and told of.

Examples:
  sallyport import traffic.har
  sallyport import traffic.har.gz && sallyport calls 'source:import'
  curl -s https://example.com/traffic.har | sallyport import -
`,
    )
    .action(async (file: string, options: ImportOptions) => {
      const { importFile } = await import('./import-file.ts');
      await importFile(file, options);
    });
}
