import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { RunError, TaskError } from '../../../src/errors.ts';
import type { OpenExecutor } from '../../../src/execute/executor.ts';
import { InlineExecutor } from '../../../src/execute/inline.ts';
import type { SimulateTask } from '../../../src/execute/task.ts';
import { extendRun } from '../../../src/run/extend-run.ts';
import { type Manifest, manifestIn } from '../../../src/run/manifest.ts';
import { runSweep } from '../../../src/run/run-sweep.ts';
import { statusOf } from '../../../src/run/status.ts';
import { type EstimateTable, readEstimates } from '../../../src/tables/estimate-reader.ts';
import { readTallies } from '../../../src/tables/tally-reader.ts';
import { smallSweep } from '../../support/small-sweep.ts';
import { folder, lastingFolder, sha256 } from '../../support/tables.ts';

const data = lastingFolder();
const BLOCKS = 64;
let simulated: number[] = [];

/** On this thread; tasks with a block that `fails` throw. */
function executor(fails: (task: SimulateTask, block: number) => boolean): OpenExecutor {
  return async (plan) => {
    const inline = new InlineExecutor(plan);
    return {
      parallelism: 1,
      close: () => inline.close(),
      submit: async (task) => {
        for (let block = 0; task.kind === 'simulate' && block < plan.blocks; block++) {
          if (block < task.firstBlock || block >= task.lastBlock) continue;
          simulated.push(block);
          if (fails(task, block)) throw new TaskError({ where: 'worker 1', received: 'no memory' });
        }
        await inline.submit(task);
      },
    };
  };
}

const sweep = () => smallSweep({ initializers: ['he_normal'], fanIn: [1, 64], samples: 32_768, blocks: BLOCKS });
const run = async (directory: string, fails: Parameters<typeof executor>[0] = () => false, mostFailures?: number) => {
  simulated = [];
  const limit = mostFailures === undefined ? {} : { mostFailures };
  return runSweep(await sweep(), { directory, threads: 1, open: executor(fails), ...limit });
};
const hashes = (directory: string) =>
  ['tallies.arrow', 'estimates.arrow'].map((table) => sha256(join(directory, table)));
const manifestOf = (directory: string) => manifestIn(join(directory, 'manifest.json')) as Manifest;
const estimatesIn = (directory: string) => readEstimates(join(directory, 'estimates.arrow'));

/** A column by (input, fan-in). */
function byCell(table: EstimateTable, column: string): Record<string, number> {
  const [inputs, fanIns] = [table.labels('input'), table.numbers('fan_in')];
  const values = table.numbers(column);
  return Object.fromEntries(
    Array.from({ length: table.rows }, (_, row) => [`${inputs[row]} ${fanIns[row]}`, values[row] as number]),
  );
}

let whole: EstimateTable;

beforeAll(async () => {
  await run(join(data, 'whole'));
  whole = estimatesIn(join(data, 'whole'));
});

describe('a run with blocks that fail for good', () => {
  const lost = [3, 40];
  /** Those of one band: fan-in 1 has layers of another side than fan-in 64. */
  const fails = (task: SimulateTask, block: number) => task.band === 1 && lost.includes(block);

  it('is not extended to fewer blocks than it has', async () => {
    const directory = folder();
    await run(directory, (_, block) => block < 10);
    const extended = extendRun(directory, 60 * 512, { threads: 1, open: executor(() => false) });
    await expect(extended).rejects.toThrow('allowed: 32768 (what the run has)');
  });

  it('finishes the rest, says what is missing, and later tries only that again, to the same bytes', async () => {
    const directory = folder();
    const { manifest } = await run(directory, fails);
    expect(manifest.status).toBe('incomplete');
    expect(manifest.failures).toEqual(
      lost.map((block) => ({
        block,
        inputs: ['normal', 'uniform'],
        weightShapes: ['normal'],
        fanIns: [1],
        error: 'worker 1: received no memory',
      })),
    );
    expect(manifest.tallies).toMatchObject({ total: 4 * BLOCKS, done: 4 * BLOCKS - 4, failed: 4, running: 0 });
    expect(await statusOf(directory, { check: true })).toMatchObject({
      state: 'incomplete',
      tables: [{ state: 'intact' }, { state: 'intact' }],
    });
    const rows = [...readTallies(join(directory, 'tallies.arrow'))];
    expect(rows).toHaveLength(4 * BLOCKS - 4);
    expect(rows.some(({ fanIn, block }) => fanIn === 1 && lost.includes(block))).toBe(false);

    const table = estimatesIn(directory);
    const blocks = { 'normal 1': 62, 'uniform 1': 62, 'normal 64': 64, 'uniform 64': 64 };
    expect(byCell(table, 'blocks')).toEqual(blocks);
    for (const column of ['samples', 'z_var', 'z_var_mcse']) {
      const [here, there] = [byCell(table, column), byCell(whole, column)];
      for (const cell of Object.keys(blocks)) {
        if (cell.endsWith('64')) expect(here[cell], `${column} of ${cell}`).toBe(there[cell]);
        else expect(here[cell], `${column} of ${cell}`).not.toBe(there[cell]);
      }
    }
    expect(byCell(table, 'samples')['normal 1']).toBe((62 / 64) * (byCell(whole, 'samples')['normal 1'] as number));

    // The same two fail again: the run stays as it is, and nothing else is simulated.
    const before = hashes(directory);
    await run(directory, fails);
    expect(new Set(simulated)).toEqual(new Set(lost));
    expect(hashes(directory)).toEqual(before);
    expect(manifestOf(directory)).toMatchObject({
      status: 'incomplete',
      sessions: 2,
      failures: [{ block: 3 }, { block: 40 }],
    });

    await run(directory);
    expect(simulated).toEqual(lost);
    expect(hashes(directory)).toEqual(hashes(join(data, 'whole')));
    expect(manifestOf(directory)).toMatchObject({ status: 'finished', sessions: 3, failures: [] });
  });

  it.each([
    ['none', 0],
    ['one', 1],
    ['three', 3],
  ])('has nulls where nothing can be said: cells with %s left', async (_, left) => {
    const directory = folder();
    const { manifest } = await run(directory, (task, block) => task.band === 1 && block >= left);
    expect(manifest.failures).toHaveLength(BLOCKS - left);
    const table = estimatesIn(directory);
    expect(byCell(table, 'blocks')).toMatchObject({ 'normal 1': left, 'normal 64': BLOCKS });
    for (const column of ['z_var', 'z_var_mcse'])
      expect(Number.isNaN(byCell(table, column)['normal 1']), column).toBe(left < 2);
    expect(byCell(table, 'z_var')['normal 64']).toBe(byCell(whole, 'z_var')['normal 64']);
    await run(directory);
    expect(hashes(directory)).toEqual(hashes(join(data, 'whole')));
  });

  it.each([0, 1])('ends when there are more than %i of them, and goes on later with what was done', async (most) => {
    const directory = folder();
    await expect(run(directory, fails, most)).rejects.toThrow(RunError);
    const manifest = manifestOf(directory);
    expect(manifest).toMatchObject({ status: 'failed', tables: {} });
    // One that fails while the run is being stopped is told as well.
    expect(manifest.failures.length).toBeGreaterThan(most);
    expect(manifest.error).toContain(
      `block ${lost[most]} of normal × normal, uniform at fan-in 1: received worker 1: received no memory, 3 times`,
    );
    await run(directory);
    expect(hashes(directory)).toEqual(hashes(join(data, 'whole')));
    expect(manifestOf(directory)).toMatchObject({ status: 'finished', failures: [], error: null });
  });

  it('has no failures of blocks that only failed at first', async () => {
    const directory = folder();
    let failures = 2;
    const { manifest } = await run(directory, (_, block) => block === 5 && failures-- > 0);
    expect(manifest).toMatchObject({ status: 'finished', failures: [] });
    expect(hashes(directory)).toEqual(hashes(join(data, 'whole')));
  });
});
