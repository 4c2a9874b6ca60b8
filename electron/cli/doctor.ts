import { Option } from 'commander';
import type { Command } from 'commander';
import { dataOption } from './shared-options.ts';

export interface DoctorOptions {
  data?: string;
  format: 'text' | 'json';
}

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('check this machine and the data folder; every finding with its remedy')
    .addOption(dataOption())
    .addOption(
      new Option('-f, --format <format>', 'how to print the findings').choices(['text', 'json']).default('text'),
    )
    .addHelpText(
      'after',
      '\nExits with 1 when a check failed. Changes nothing.\n\nExamples:\n  sallyport doctor\n  sallyport doctor --format json | jq \'.[] | select(.verdict != "ok")\'\n',
    )
    .action(async (options: DoctorOptions) => {
      const [{ examine }, { paint, write }, { dataFolder }] = await Promise.all([
        import('./examine.ts'),
        import('./terminal.ts'),
        import('../hosts/data-folder.ts'),
      ]);
      const findings = await examine(dataFolder(options.data));
      if (options.format === 'json') await write(`${JSON.stringify(findings, null, 2)}\n`);
      else {
        const marks = { ok: paint('green', '✓ ok  '), warn: paint('yellow', '! warn'), fail: paint('red', '✗ fail') };
        for (const { check, verdict, finding, remedy } of findings)
          await write(`${marks[verdict]}  ${check}: ${finding}\n${remedy ? `         → ${remedy}\n` : ''}`);
      }
      if (findings.some(({ verdict }) => verdict === 'fail')) process.exitCode = 1;
    });
}
