import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { LoadedSweep } from '../../../src/config/load.ts';
import { RunDirectoryError, TaskError, UsageError } from '../../../src/errors.ts';
import type { OpenExecutor } from '../../../src/execute/executor.ts';
import { InlineExecutor } from '../../../src/execute/inline.ts';
import { KERNEL_VERSION } from '../../../src/kernel/kernel.ts';
import { ReferenceKernel } from '../../../src/kernel/reference.ts';
import { WasmKernel } from '../../../src/kernel/wasm.ts';
import type { SweepSpec } from '../../../src/model/spec.ts';
import { streamKey } from '../../../src/random/stream.ts';
import { deriveRun } from '../../../src/run/derive-run.ts';
import { mergeRuns } from '../../../src/run/merge-runs.ts';
import { openReplayable, replayBlock, replayChoices } from '../../../src/run/replay.ts';
import { openRun, type RunDirectory } from '../../../src/run/run-directory.ts';
import { runSweep } from '../../../src/run/run-sweep.ts';
import { bandOf, blockKeys } from '../../../src/sweep/bands.ts';
import { groupsOf, type TallyPosition } from '../../../src/sweep/groups.ts';
import { planSweep, type SweepPlan } from '../../../src/sweep/plan.ts';
import { preActivations } from '../../support/jobs.ts';
import { rewriteTallies } from '../../support/rewrite-tallies.ts';
import { loadRich, writeData } from '../../support/rich-sweep.ts';
import { smallSweep } from '../../support/small-sweep.ts';
import { lastingFolder } from '../../support/tables.ts';

const open: OpenExecutor = async (plan) => new InlineExecutor(plan);
const folder = lastingFolder();
const kernel = new WasmKernel();
let rich: RunDirectory<SweepPlan>;
let sweep: LoadedSweep<SweepSpec>;

async function runInto(name: string, loaded: LoadedSweep<SweepSpec>): Promise<RunDirectory<SweepPlan>> {
  const directory = join(folder, name);
  await runSweep(loaded, { directory, threads: 1, open });
  return openReplayable(directory).run;
}

beforeAll(async () => {
  writeData(folder);
  sweep = await loadRich(folder, {
    activations: ['relu'],
    beta: [1],
    samples: 32_768,
    blocks: 32,
    fanIn: [130, 3, 257],
  });
  rich = await runInto('rich', sweep);
  // Data files are the run's own from here on.
  for (const file of ['values.csv', 'rows.csv']) rmSync(join(folder, file));
});

const position = (
  run: RunDirectory<SweepPlan>,
  shape: string,
  input: string,
  fanIn: number,
  block: number,
): TallyPosition => ({
  shape: run.plan.shapes.findIndex(({ kind }) => kind === shape),
  input: run.plan.inputs.findIndex(({ label }) => label.startsWith(input)),
  fanIn: run.plan.spec.fanIn.indexOf(fanIn),
  block,
});

describe('a replay', () => {
  it('is equal to what the run stored, for every weight shape, input and fan-in', () => {
    const { shapes, inputs, spec, sides } = rich.plan;
    expect(shapes.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['orthogonal', 'constant', 'zero', 'truncated_normal', 'sign']),
    );
    // Layers below and above side 1: another side is another stream.
    expect(new Set(sides.flat(2)).size).toBeGreaterThan(2);
    let block = 0;
    shapes.forEach((_, shape) => {
      inputs.forEach((_input, input) => {
        spec.fanIn.forEach((level, fanIn) => {
          block = (block + 5) % 32;
          const replay = replayBlock(rich, { shape, input, fanIn, block }, kernel);
          expect(replay.stored, `${replay.ensemble} at ${level}, block ${block}`).not.toBeNull();
          expect(replay.difference, `${replay.ensemble} at ${level}, block ${block}`).toBeNull();
          expect(replay.tally.count).toBe(rich.plan.blockSamples);
        });
      });
    });
  });

  it('is the same by the reference kernel', () => {
    for (const [shape, input] of [
      ['orthogonal', 'bernoulli'],
      ['constant', 'bernoulli'],
      ['constant', 'empirical(file=rows'],
      ['uniform', 'bernoulli'],
    ] as const) {
      const where = position(rich, shape, input, 130, 3);
      expect(replayBlock(rich, where, new ReferenceKernel())).toEqual(replayBlock(rich, where, kernel));
    }
  });

  it('shows the streams, and the draws whose sums are in the tally', () => {
    const plan = planSweep(sweep.spec, sweep.datasets);
    const [group] = groupsOf(plan) as [ReturnType<typeof groupsOf>[number]];
    for (const shape of ['uniform', 'orthogonal', 'constant']) {
      for (const input of ['normal', 'bernoulli', 'ar1', 'empirical(file=rows']) {
        const where = position(rich, shape, input, 3, 9);
        const { layer, tally } = replayBlock(rich, where, kernel);
        if (layer === null) throw new Error('no layer');
        const { side } = layer;
        expect(layer.weightsKey).toEqual(
          streamKey({ kernel: KERNEL_VERSION, seed: 'rich', role: 'weights', id: shape, band: side, block: 9 }),
        );
        // The same by another way: all of the band's pre-activations, from the whole plan.
        const band = bandOf(plan, group, side);
        const p = band.pairs.findIndex((pair) => pair.shape === where.shape && pair.input === where.input);
        const keys = blockKeys(plan, band)(9);
        expect(layer.inputsKey).toEqual(keys[band.job.pairs[p]?.inputs ?? -1]);
        const z = preActivations(kernel, band.job, p, 3, keys);
        expect(layer.draws).toHaveLength(3);
        expect(layer.draws[2]?.z).toBe(z[0]);
        expect(Math.min(...z)).toBe(tally.min);
        expect(layer.orthogonal).toBe(shape === 'orthogonal');
        expect(layer.centred).toBe(shape === 'constant' && ['bernoulli', 'empirical(file=rows'].includes(input));
      }
    }
    expect(replayBlock(rich, position(rich, 'normal', 'normal', 257, 0), kernel).layer?.draws).toHaveLength(8);
    expect(replayBlock(rich, position(rich, 'constant', 'bernoulli', 257, 0), kernel).layer?.centred).toBe(true);
    expect(replayBlock(rich, position(rich, 'zero', 'normal', 257, 0), kernel).layer).toBeNull();
  });

  it('draws nothing that depends on other axes of the run', async () => {
    await deriveRun(
      rich.path,
      { initializers: [{ kind: 'orthogonal', params: { gain: 1 } }] },
      {
        directory: join(folder, 'derived'),
        threads: 1,
        open,
      },
    );
    const { run } = openReplayable(join(folder, 'derived'));
    const replay = replayBlock(run, position(run, 'orthogonal', 'ar1', 257, 15), kernel);
    expect(replay).toMatchObject({ difference: null, ensemble: 'orthogonal × ar1(phi=-0.6)' });
    expect(replay.stored).not.toBeNull();
  });

  it('knows the seed of a block in a pooled run', async () => {
    const runs = [];
    for (const seed of ['b', 'a']) runs.push(await runInto(`seed-${seed}`, await smallSweep({ seed })));
    const directory = join(folder, 'pooled');
    await mergeRuns(
      runs.map(({ path }) => path),
      { directory, threads: 1, open },
    );
    const { run } = openReplayable(directory);
    for (const [block, seed, own] of [
      [63, 'a', 63],
      [64, 'b', 0],
      [127, 'b', 63],
    ] as const) {
      const replay = replayBlock(run, position(run, 'uniform', 'normal', 16, block), kernel);
      expect(replay.seed).toEqual({ seed, block: own });
      expect(replay.stored).not.toBeNull();
      expect(replay.difference).toBeNull();
    }
  });

  it('differs from a table that was changed', async () => {
    const run = await runInto('changed', await smallSweep());
    const where = position(run, 'uniform', 'normal', 16, 5);
    rewriteTallies(join(run.path, 'tallies.arrow'), (row) => {
      if (row.block !== 5) return row;
      const counts = row.tally.counts.map((count, i) => count + Number(i === 1));
      return { ...row, tally: { ...row.tally, counts } };
    });
    const { difference, tally, stored } = replayBlock(run, where, kernel);
    expect(difference?.columns).toEqual(['bin_count']);
    expect(difference?.bins.map(({ bin }) => bin)).toEqual([tally.bins[1]]);
    expect(stored?.counts[1]).toBe((tally.counts[1] as number) + 1);
    expect(replayBlock(run, { ...where, block: 6 }, kernel).difference).toBeNull();
  });

  it('has no stored tally where the block failed, and says why', async () => {
    const directory = join(folder, 'incomplete');
    const failing: OpenExecutor = async (plan) => {
      const inner = new InlineExecutor(plan);
      return {
        parallelism: 1,
        close: () => inner.close(),
        submit: (task) =>
          task.kind === 'simulate' && task.firstBlock <= 7 && task.lastBlock > 7
            ? Promise.reject(new TaskError({ where: 'task', remedy: 'broken' }))
            : inner.submit(task),
      };
    };
    const { manifest } = await runSweep(await smallSweep(), { directory, threads: 1, open: failing });
    expect(manifest.status).toBe('incomplete');
    const { run } = openReplayable(directory);
    const replay = replayBlock(run, position(run, 'uniform', 'normal', 16, 7), kernel);
    expect(replay).toMatchObject({ stored: null, difference: null, failed: { block: 7, error: 'task: broken' } });
    expect(replay.tally.count).toBe(run.plan.blockSamples);
    expect(replayBlock(run, position(run, 'uniform', 'normal', 16, 8), kernel)).toMatchObject({
      difference: null,
      failed: null,
    });
    // Zeros are never simulated and cannot fail.
    expect(replayBlock(run, position(run, 'zero', 'normal', 16, 7), kernel).stored).not.toBeNull();
    // A row that is gone although nothing failed is another matter.
    rewriteTallies(join(directory, 'tallies.arrow'), (row) => (row.block === 9 ? { ...row, block: 8 } : row));
    expect(replayBlock(run, position(run, 'uniform', 'normal', 16, 9), kernel)).toMatchObject({
      stored: null,
      failed: null,
    });
  });

  it('refuses blocks that the run has not', () => {
    const where = position(rich, 'uniform', 'normal', 130, 32);
    expect(() => replayBlock(rich, where, kernel)).toThrow(UsageError);
    expect(() => replayBlock(rich, where, kernel)).toThrow('--block: received 32; allowed: a block of the run: 0 … 31');
    expect(() => replayBlock(rich, { ...where, block: -1 }, kernel)).toThrow(UsageError);
  });

  it('needs the data that the run keeps', async () => {
    const run = { ...rich, ...openRun(rich.path), plan: rich.plan };
    const copy = { ...run, path: join(folder, 'elsewhere') };
    const where = position(run, 'uniform', 'empirical', 130, 0);
    expect(() => replayBlock(copy, where, kernel)).toThrow(RunDirectoryError);
  });
});

describe('a run to replay', () => {
  it('is whole and has tables', async () => {
    const directory = join(folder, 'shard');
    await runSweep(await smallSweep(), { directory, threads: 1, open, shard: { index: 0, of: 2 } });
    expect(() => openReplayable(directory)).toThrow(RunDirectoryError);
    expect(() => openReplayable(directory)).toThrow('share 0/2 of a run');
    const stopped = join(folder, 'stopped');
    const controller = new AbortController();
    const stopping: OpenExecutor = async (plan) => {
      controller.abort();
      return new InlineExecutor(plan);
    };
    await expect(
      runSweep(await smallSweep(), { directory: stopped, threads: 1, open: stopping, signal: controller.signal }),
    ).rejects.toThrow();
    expect(() => openReplayable(stopped)).toThrow('a run that is stopped');
  });
});

describe('the choices of a cell expression', () => {
  it('are the different (input, fan-in, weight shape) of the rows', async () => {
    const loaded = await smallSweep({ initializers: ['he_normal', 'standard_uniform', 'lecun_normal', 'zeros'] });
    const run = await runInto('choices', loaded);
    const { estimates } = openReplayable(run.path);
    const all = replayChoices(run.plan, estimates, () => true);
    // Two inputs, two fan-ins, three shapes: he_normal and lecun_normal share theirs.
    expect(all).toHaveLength(12);
    expect(all[0]).toEqual({
      input: 0,
      fanIn: 0,
      shape: 0,
      cell: "input = 'normal' and fan_in = 1 and initializer = 'he_normal'",
    });
    const initializers = estimates.labels('initializer');
    const normal = replayChoices(run.plan, estimates, (row) => initializers[row] === 'lecun_normal');
    expect(normal.map(({ shape }) => shape)).toEqual([0, 0, 0, 0]);
    expect(replayChoices(run.plan, estimates, () => false)).toEqual([]);
  });
});
