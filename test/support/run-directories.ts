import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LoadedSweep } from '../../src/config/load.ts';
import { InlineExecutor } from '../../src/execute/inline.ts';
import type { SweepSpec } from '../../src/model/spec.ts';
import { Journal } from '../../src/run/journal.ts';
import type { RunOptions } from '../../src/run/run-options.ts';
import { runSweep } from '../../src/run/run-sweep.ts';
import { writeRecord } from '../../src/stats/record.ts';
import { planSweep } from '../../src/sweep/plan.ts';
import { readTallies } from '../../src/tables/tally-reader.ts';

/** One thread, which is this one. */
export const INLINE: Pick<RunOptions, 'threads' | 'open'> = {
  threads: 1,
  open: async (plan) => new InlineExecutor(plan),
};

/** Digests of the tables that are in a run directory. */
export function tableDigests(directory: string): Readonly<Record<string, string>> {
  const files = ['tallies.arrow', 'estimates.arrow'].filter((file) => existsSync(join(directory, file)));
  return Object.fromEntries(
    files.map((file) => [
      file,
      createHash('sha256')
        .update(readFileSync(join(directory, file)))
        .digest('hex'),
    ]),
  );
}

/** A finished run of `sweep` in `directory`. */
export async function finishedRun(directory: string, sweep: LoadedSweep<SweepSpec>): Promise<void> {
  await runSweep(sweep, { directory, ...INLINE });
}

/** The run in `finished` as if it had been stopped: no tables, and the tallies of every third block in its journal. */
export async function stoppedRun(directory: string, finished: string, sweep: LoadedSweep<SweepSpec>): Promise<void> {
  mkdirSync(directory);
  for (const file of ['sweep.json', 'manifest.json']) cpSync(join(finished, file), join(directory, file));
  const path = join(directory, 'manifest.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8'));
  writeFileSync(path, JSON.stringify({ ...manifest, status: 'stopped', tables: {} }));
  const plan = planSweep(sweep.spec, sweep.datasets);
  const journal = new Journal(directory, plan.draws);
  for (const { input, fanIn, shape, block, tally } of readTallies(join(finished, 'tallies.arrow'))) {
    const position = { input, fanIn: plan.spec.fanIn.indexOf(fanIn), shape, block };
    if (block % 3 === 0) journal.add([{ position, record: writeRecord(tally) }]);
  }
  await journal.close();
}

/** A copy of a run directory, in place of what was there. */
export function copyRun(from: string, to: string): string {
  rmSync(to, { recursive: true, force: true });
  cpSync(from, to, { recursive: true });
  return to;
}
