import { join } from 'node:path';
import { Command } from 'commander';
import { type ConductFlags, conduct } from './conduct.ts';
import { progressOptions, threadsOption } from './options.ts';

interface RunFlags extends ConductFlags {
  readonly out?: string;
  readonly threads: number;
  readonly samples?: string;
  readonly seed?: string;
  readonly fresh?: boolean;
}

const EXAMPLES = `
Examples:
  $ initsweep run configs/gold-rule.yaml
  $ initsweep run sweep.yaml --out output/tonight --threads 8 --samples 4194304
  $ initsweep run sweep.yaml --log-format json 2> progress.ndjson`;

/** `initsweep run CONFIG`: simulates a sweep into a run directory and prints the closing table. */
export function runCommand(): Command {
  const command = new Command('run')
    .description('run a sweep; results go to a directory as Arrow tables')
    .argument('<config>', 'sweep in YAML or JSON')
    .option('--out <dir>', 'run directory (default: output/<name of the sweep>)')
    .addOption(threadsOption())
    .option('--samples <n>', 'pre-activations for each cell, in place of the config’s')
    .option('--seed <text>', 'seed, in place of the config’s')
    .option('--fresh', 'start over, whatever the directory holds');
  for (const option of progressOptions()) command.addOption(option);
  return command.addHelpText('after', EXAMPLES).action(run);
}

async function run(config: string, flags: RunFlags): Promise<void> {
  const [{ loadConfig }, { runSweep }, { openExecutor }] = await Promise.all([
    import('./load-config.ts'),
    import('../run/run-sweep.ts'),
    import('../execute/open.ts'),
  ]);
  const { threads } = flags;
  const loaded = await loadConfig(config, { samples: flags.samples, seed: flags.seed });
  const directory = flags.out ?? join('output', loaded.spec.name);
  await conduct(directory, flags, (hooks) =>
    runSweep(loaded, { ...hooks, directory, threads, fresh: flags.fresh === true, open: openExecutor }),
  );
}
