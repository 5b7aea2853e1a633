import { join } from 'node:path';
import { Command, Option } from 'commander';
import { UsageError } from '../errors.ts';
import { type Shard, shardLabel } from '../sweep/shard.ts';
import type { ConductFlags } from './conduct.ts';
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
  $ initsweep run configs/claims/*.yaml

A run that was stopped, killed or failed goes on with the same command; what it did is kept in its directory. Several configs run one
after another, each into a directory of its own, once all of them have been checked.`;

/** `initsweep run CONFIG…`: simulates sweeps into run directories and prints their closing tables. */
export function runCommand(): Command {
  const command = new Command('run')
    .description('run sweeps; results go to a directory for each as Arrow tables')
    .argument('<config...>', 'sweeps in YAML or JSON, - for the standard input')
    .option('--out <dir>', 'run directory (default: output/<name of the sweep>); for one config only')
    .option(
      '--samples <n>',
      'samples, in place of the config’s: pre-activations for each cell, networks, or starts of an arm',
    )
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

async function run(configs: readonly string[], flags: RunFlags): Promise<void> {
  if (flags.out !== undefined && configs.length > 1)
    throw new UsageError({
      where: '--out',
      received: `one directory for ${configs.length} configs`,
      allowed: 'one config with --out',
      remedy: 'leave it out: each config has a directory of its own, output/<name of the sweep>',
    });
  const [{ loadConfigs }, { conductAll }, { runSweep }] = await Promise.all([
    import('./load-config.ts'),
    import('./conduct-all.ts'),
    import('../run/run-sweep.ts'),
  ]);
  const { shard = null } = flags;
  const share = shard === null ? '' : `.${shardLabel(shard).replace('/', '-of-')}`;
  const loaded = await loadConfigs(configs, { samples: flags.samples, seed: flags.seed });
  const jobs = loaded.map((sweep, i) => ({
    config: configs[i] as string,
    directory: flags.out ?? join('output', `${sweep.spec.name}${share}`),
    work: (fill: Parameters<typeof runSweep>[1]) => runSweep(sweep, { ...fill, shard }),
  }));
  await conductAll(jobs, flags);
}
