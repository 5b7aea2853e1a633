import { join } from 'node:path';
import { Command, Option } from 'commander';
import { type Shard, shardLabel } from '../sweep/shard.ts';
import { type ConductFlags, conduct } from './conduct.ts';
import { fillOptions, parseShard, queueOption } from './options.ts';

interface RunFlags extends ConductFlags {
  readonly out?: string;
  readonly samples?: string;
  readonly seed?: string;
  readonly shard?: Shard;
}

const EXAMPLES = `
Examples:
  $ initsweep run configs/gold-rule.yaml
  $ initsweep run sweep.yaml --out output/tonight --threads 8 --samples 4194304
  $ initsweep run sweep.yaml --max-time 4h --on-error max=3
  $ initsweep run sweep.yaml --shard 0/8 --out output/part-0
  $ initsweep run sweep.yaml --log-format json 2> progress.ndjson

A run that was stopped, killed or failed goes on with the same command; what it did is kept in its directory.`;

/** `initsweep run CONFIG`: simulates a sweep into a run directory and prints the closing table. */
export function runCommand(): Command {
  const command = new Command('run')
    .description('run a sweep; results go to a directory as Arrow tables')
    .argument('<config>', 'sweep in YAML or JSON')
    .option('--out <dir>', 'run directory (default: output/<name of the sweep>)')
    .option('--samples <n>', 'pre-activations for each cell, in place of the config’s')
    .option('--seed <text>', 'seed, in place of the config’s')
    .addOption(
      new Option('--shard <i/n>', 'run share i of n of the blocks, i from 0; `merge` joins the shares').argParser(
        parseShard,
      ),
    );
  command.addOption(queueOption('simulate on the workers of a queue'));
  for (const option of fillOptions()) command.addOption(option);
  return command.addHelpText('after', EXAMPLES).action(run);
}

async function run(config: string, flags: RunFlags): Promise<void> {
  const [{ loadConfig }, { runSweep }] = await Promise.all([import('./load-config.ts'), import('../run/run-sweep.ts')]);
  const loaded = await loadConfig(config, { samples: flags.samples, seed: flags.seed });
  const { shard = null } = flags;
  const share = shard === null ? '' : `.${shardLabel(shard).replace('/', '-of-')}`;
  const directory = flags.out ?? join('output', `${loaded.spec.name}${share}`);
  await conduct(directory, flags, (fill) => runSweep(loaded, { ...fill, shard }));
}
