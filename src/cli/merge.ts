import { Command } from 'commander';
import { type ConductFlags, conduct } from './conduct.ts';
import { fillOptions } from './options.ts';

interface MergeFlags extends ConductFlags {
  readonly out: string;
}

const EXAMPLES = `
Shares of one plan (\`run --shard\`) become the run that it is, byte for byte. Runs of one plan under different seeds become one
run with the blocks of all. Blocks that several of them have must be equal, and count once.

Examples:
  $ initsweep merge output/part-0 output/part-1 --out output/whole
  $ initsweep merge output/monday output/tuesday --out output/both`;

/** `initsweep merge RUN…`: shares of a run, or runs of several seeds, as one run. */
export function mergeCommand(): Command {
  const command = new Command('merge')
    .description('join shares of one run, or pool runs of one sweep under different seeds')
    .argument('<run...>', 'directories of finished runs')
    .requiredOption('--out <dir>', 'directory of the new run');
  for (const option of fillOptions()) command.addOption(option);
  return command.addHelpText('after', EXAMPLES).action(merge);
}

async function merge(runs: readonly string[], flags: MergeFlags): Promise<void> {
  const { mergeRuns } = await import('../run/merge-runs.ts');
  await conduct(flags.out, flags, (fill) =>
    mergeRuns(runs, fill, (note) => process.stderr.write(`initsweep: ${note}\n`)),
  );
}
