import { Command } from 'commander';
import { type ConductFlags, conduct } from './conduct.ts';
import { fillOptions, parseSamples, queueOption } from './options.ts';

interface ExtendFlags extends ConductFlags {
  readonly samples: number;
}

const EXAMPLES = `
Blocks are added to the run in its own directory; what was simulated is kept, and all tables are written anew. The result is
that of a sweep with so many samples, and as many blocks of the same size, in its config. Stopped, the same command goes on.

Examples:
  $ initsweep extend output/gold-rule --samples 4194304`;

/** `initsweep extend RUN`: more blocks on top of a run. */
export function extendCommand(): Command {
  const command = new Command('extend')
    .description('add blocks to a run: smaller errors, the old blocks are kept')
    .argument('<run>', 'directory of a run')
    .requiredOption(
      '--samples <n>',
      'samples, old ones included: pre-activations for each cell, networks, or starts of an arm',
      parseSamples,
    );
  command.addOption(queueOption('simulate on the workers of a queue'));
  for (const option of fillOptions({ fresh: false })) command.addOption(option);
  return command.addHelpText('after', EXAMPLES).action(extend);
}

async function extend(run: string, flags: ExtendFlags): Promise<void> {
  const { extendRun } = await import('../run/extend-run.ts');
  await conduct(
    run,
    flags,
    ({ directory: _directory, fresh: _fresh, ...fill }) => extendRun(run, flags.samples, fill),
    'larger --samples add blocks',
  );
}
