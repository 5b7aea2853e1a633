import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type LoadedSweep, loadSweep, sweepFromObject } from '../../src/config/load.ts';
import { TaskError } from '../../src/errors.ts';
import type { OpenExecutor } from '../../src/execute/executor.ts';
import { InlineExecutor } from '../../src/execute/inline.ts';
import { openExecutor } from '../../src/execute/open.ts';
import { PoolExecutor } from '../../src/execute/pool.ts';
import { queueAddress } from '../../src/execute/queue/address.ts';
import { openOnQueue } from '../../src/execute/queue/open.ts';
import type { SimulateTask } from '../../src/execute/task.ts';
import type { RowTable as Table } from '../../src/experiment/experiment.ts';
import { experimentOf, planOf } from '../../src/experiment/plan-of.ts';
import { coordinate } from '../../src/run/coordinator.ts';
import { CUTTING } from '../../src/run/cutting.ts';
import { deriveRun } from '../../src/run/derive-run.ts';
import { extendRun } from '../../src/run/extend-run.ts';
import { rowFileBytes } from '../../src/run/forecast.ts';
import { mergeRuns } from '../../src/run/merge-runs.ts';
import { openReplayable } from '../../src/run/replay.ts';
import type { RunOptions } from '../../src/run/run-options.ts';
import { runSweep } from '../../src/run/run-sweep.ts';
import { statusOf } from '../../src/run/status.ts';
import { TableSink } from '../../src/run/table-sink.ts';
import { verifyDirectory } from '../../src/run/verify-run.ts';
import { type RowTable, readRows } from '../../src/tables/row-reader.ts';
import { initsweep } from '../support/cli.ts';
import { journalFiles } from '../support/journal.ts';
import { startWorker } from '../support/queue.ts';
import { HAS_REDIS, TestRedis } from '../support/redis.ts';
import { ShuffledExecutor } from '../support/shuffled-executor.ts';
import { lastingFolder, sha256 } from '../support/tables.ts';

const data = lastingFolder();
let runs = 0;
const place = () => join(data, `run-${runs++}`);

const BLOCKS = 32;
const SAMPLES = 2 * BLOCKS;

/** An experiment as the machinery sees it, and what its tables are asked for. */
interface Case {
  readonly experiment: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly tables: readonly string[];
  /** Columns that tell the rows of the first of them apart. */
  readonly axes: readonly string[];
  /** Of the first table: a mean, whose error gets smaller. */
  readonly mean: { readonly table: string; readonly column: string };
  /** Series at one (input, fan-in), and how many of those there are. */
  readonly series: number;
  readonly units: number;
  /** A wrong key, and what is said of it. */
  readonly wrong: readonly (readonly [changes: Readonly<Record<string, unknown>>, message: RegExp])[];
}

const CASES: readonly Case[] = [
  {
    experiment: 'depth',
    config: {
      width: [8, 12],
      depth: 3,
      inputs: ['normal', 'uniform'],
      initializers: ['he_normal', 'orthogonal'],
      activations: ['tanh'],
      batch: 128,
      correlation: 0.5,
      jacobian: true,
    },
    tables: ['layers.arrow'],
    axes: ['width', 'input', 'initializer', 'activation', 'layer'],
    mean: { table: 'layers.arrow', column: 'z_var' },
    series: 2,
    units: 4,
    wrong: [
      [{ initializers: ['he_norml'] }, /initializers\[0\].*he_norml.*did you mean "he_normal"\?/s],
      [{ bacth: 32 }, /bacth.*did you mean "batch"\?/s],
      [{ batch: 33 }, /batch: received 33; allowed: a multiple of/],
    ],
  },
  {
    experiment: 'training',
    config: {
      data: { kind: 'xor', points: 24 },
      network: { hidden: [4, 3] },
      batch: 8,
      steps: 12,
      record: 4,
      target: 0.5,
      common: { activation: 'tanh', learningRate: 0.5 },
      arms: [
        { initializer: ['he_normal', 'orthogonal', 'zeros'] },
        { name: 'adam', initializer: 'he_normal', optimizer: 'adam', learningRate: 0.05 },
      ],
    },
    tables: ['training.arrow', 'arms.arrow'],
    axes: ['arm', 'layer', 'step'],
    mean: { table: 'arms.arrow', column: 'final_loss' },
    series: 4,
    units: 1,
    wrong: [
      [{ arms: [{ initializer: 'he_norml', learningRate: 1 }] }, /arms\[0\]\.initializer.*did you mean "he_normal"\?/s],
      [{ setps: 12 }, /setps.*did you mean "steps"\?/s],
      [{ baseline: 'adm' }, /baseline: received "adm"; allowed: .*did you mean "adam"\?/s],
    ],
  },
];

describe.each(CASES)('$experiment', ({ experiment, config, tables, axes, mean, series, units, wrong }) => {
  const keys = { experiment, name: 'tiny', seed: 'one', samples: SAMPLES, blocks: BLOCKS, ...config };
  const load = (changes: object = {}): Promise<LoadedSweep> => sweepFromObject({ ...keys, ...changes });
  const files = ['tallies.arrow', ...tables];
  const hashes = (directory: string) => files.map((file) => sha256(join(directory, file)));
  const here = (directory = place()) => ({ directory, threads: 1, open: openExecutor });
  const tallies = series * units * BLOCKS;
  const whole = join(data, experiment);
  let expected: readonly string[];

  /** Runs it, and says where. */
  async function run(changes: object = {}, options: Partial<RunOptions> = {}): Promise<string> {
    const all = { ...here(), ...options };
    await runSweep(await load(changes), all);
    return all.directory;
  }

  /** Rows of a table as text, by the axes. */
  function rowsIn(directory: string): Map<string, string> {
    const table = readRows(join(directory, tables[0] as string));
    const columns = table.fields.map(({ name, values }) => ({
      name,
      cells: values === undefined ? [...table.numbers(name)] : table.labels(name),
    }));
    const text = (row: number, own: boolean) =>
      columns.filter(({ name }) => axes.includes(name) === own).map(({ name, cells }) => `${name}=${cells[row]}`);
    return new Map(
      Array.from({ length: table.rows }, (_, row) => [text(row, true).join(' '), text(row, false).join()]),
    );
  }

  beforeAll(async () => {
    await run({}, { directory: whole });
    expected = hashes(whole);
  });

  it('has rows, and an intact run that agrees with theory', async () => {
    expect(rowsIn(whole).size).toBe(readRows(join(whole, tables[0] as string)).rows);
    expect(await statusOf(whole, { check: true })).toMatchObject({
      state: 'finished',
      tables: files.map((file) => ({ file, state: 'intact' })),
      manifest: { tallies: { total: tallies, done: tallies } },
    });
    const { missing, total, verdict } = verifyDirectory(whole);
    expect([missing, verdict]).toEqual([[], 'agrees']);
    // The gradient at the output, of 2 widths, which their networks share; 64 networks are too few for the variance in the first layer, and
    // what is trained has no theory.
    expect(total).toBe(experiment === 'depth' ? 2 : 0);
    expect(initsweep('verify', whole).status).toBe(0);
    expect(initsweep('show', whole).stdout).toContain(experiment === 'depth' ? 'Deep networks' : 'baseline');
    expect(await run({ seed: 'other' }).then(hashes)).not.toEqual(expected);
  });

  it('is planned with the rows and sizes of its tables', async () => {
    const { spec, datasets } = await load();
    const plan = planOf(spec, datasets);
    const brought = experimentOf(plan);
    expect(brought.tables.map(({ name }) => `${name}.arrow`)).toEqual(tables);
    for (const [i, rows] of brought.rowCounts(plan).entries()) {
      const path = join(whole, tables[i] as string);
      expect(readRows(path).rows).toBe(rows);
      const bytes = rowFileBytes((brought.tables[i] as Table).columns, rows);
      expect(Math.abs(bytes / statSync(path).size - 1), path).toBeLessThan(0.1);
    }
  });

  it('has the same bytes from three threads', async () => {
    const open: OpenExecutor = async ({ spec }, datasets, threads) => new PoolExecutor(spec, datasets, threads);
    expect(hashes(await run({}, { threads: 3, open }))).toEqual(expected);
  });

  it.each([1, 2])('has the same bytes from small tasks in random order %i', async (seed) => {
    const { spec, datasets } = await load();
    const plan = planOf(spec, datasets);
    const executor = new ShuffledExecutor(new InlineExecutor(plan), seed);
    const directory = place();
    mkdirSync(directory);
    let sink: TableSink | undefined;
    const open = async () => (sink = await TableSink.open(directory, plan));
    const cutting = { ...CUTTING, tasksPerThread: 1e9, shortest: 1, largestGroup: series * BLOCKS };
    await coordinate({ plan, executor, open, cutting });
    sink?.seal();
    sink?.place();
    expect(hashes(directory)).toEqual(expected);
    expect(executor.order.length).toBeGreaterThanOrEqual(tallies);
    expect(executor.order.some((position, i) => position !== i)).toBe(true);
  });

  it('is the whole of its shares', async () => {
    const shares = await Promise.all([0, 1].map((index) => run({}, { shard: { index, of: 2 } })));
    const merged = place();
    await mergeRuns(shares.toReversed(), here(merged));
    expect(hashes(merged)).toEqual(expected);
    await expect(mergeRuns(shares.slice(1), here())).rejects.toThrow(
      `received blocks without 0…${BLOCKS / 2 - 1}; allowed: all ${BLOCKS} blocks; of 2 shares`,
    );
    expect(() => verifyDirectory(shares[0] as string)).toThrow('share 0/2 of a run');
  });

  it('is extended to what asking for so much at first gives', async () => {
    const directory = await run();
    const { manifest } = await extendRun(directory, 2 * SAMPLES, { threads: 1, open: openExecutor });
    expect(manifest.tallies).toMatchObject({ total: 2 * tallies, found: tallies, done: 2 * tallies });
    expect(hashes(directory)).toEqual(hashes(await run({ samples: 2 * SAMPLES, blocks: 2 * BLOCKS })));
    expect(hashes(directory)).not.toEqual(expected);
    await expect(extendRun(directory, SAMPLES, { threads: 1, open: openExecutor })).rejects.toThrow(
      `--samples: received ${SAMPLES}`,
    );
  });

  it('pools two seeds into one run with smaller errors, the same whatever their order', async () => {
    const other = await run({ seed: 'other' });
    const [pooled, swapped] = [place(), place()];
    await mergeRuns([whole, other], here(pooled));
    await mergeRuns([other, whole], here(swapped));
    expect(hashes(swapped)).toEqual(hashes(pooled));
    const [first, second, both] = [whole, other, pooled].map((path) => readRows(join(path, mean.table))) as [
      RowTable,
      RowTable,
      RowTable,
    ];
    const replicates = (table: RowTable) => [...table.numbers('replicates')];
    expect(replicates(both)).toEqual(
      replicates(first).map((n, row) => n + (second.numbers('replicates')[row] as number)),
    );
    // Errors of 32 and of 64 blocks: 1/√2 on average, each with a relative error of its own.
    const error = (table: RowTable) =>
      table.numbers(`${mean.column}_mcse`).reduce((sum, mcse) => sum + (Number.isNaN(mcse) ? 0 : mcse), 0);
    const ratio = error(both) / ((error(first) + error(second)) / 2);
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(0.9);
    expect(verifyDirectory(pooled)).toMatchObject({ missing: [] });
    await expect(mergeRuns([whole, await run({ name: 'big' })], here())).rejects.toThrow(
      'a run with another name than',
    );
  });

  it('goes on after it was stopped, to the same bytes', async () => {
    const directory = place();
    const controller = new AbortController();
    const stopped = run(
      {},
      {
        directory,
        journalInterval: 0,
        signal: controller.signal,
        onProgress: ({ tallies: { done } }) => {
          if (done > 0) controller.abort();
        },
      },
    );
    await expect(stopped).rejects.toThrow('stopped before the end');
    expect(journalFiles(directory).length).toBeGreaterThan(0);
    const { state, manifest } = await statusOf(directory);
    expect(state).toBe('stopped');
    expect(manifest.tallies.done).toBeGreaterThan(0);
    expect(manifest.tallies.done).toBeLessThan(tallies);
    const found: number[] = [];
    await run({}, { directory, onFound: (kept) => found.push(kept) });
    expect(found).toEqual([manifest.tallies.done]);
    expect(hashes(directory)).toEqual(expected);
    expect(journalFiles(directory)).toEqual([]);
  });

  /** On this thread; tasks of band 1 with block 5 fail. */
  const faulty: OpenExecutor = async (plan) => {
    const inline = new InlineExecutor(plan);
    const fails = ({ band, firstBlock, lastBlock }: SimulateTask) => band === 1 && firstBlock <= 5 && 5 < lastBlock;
    return {
      parallelism: 1,
      close: () => inline.close(),
      submit: async (task) => {
        if (task.kind === 'simulate' && fails(task)) throw new TaskError({ where: 'worker 1', received: 'no memory' });
        await inline.submit(task);
      },
    };
  };

  it('finishes the rest when a block fails for good, and later that block, to the same bytes', async () => {
    const directory = await run({}, { open: faulty });
    expect(await statusOf(directory, { check: true })).toMatchObject({
      state: 'incomplete',
      tables: files.map(() => ({ state: 'intact' })),
      manifest: { failures: [{ block: 5, error: 'worker 1: received no memory' }], tallies: { failed: 1 } },
    });
    const [left, all] = [rowsIn(directory), rowsIn(whole)];
    expect([...left.keys()]).toEqual([...all.keys()]);
    const changed = [...left].filter(([key, row]) => row !== all.get(key));
    expect(changed).toHaveLength(all.size / series / units);
    expect(verifyDirectory(directory)).toMatchObject({ missing: [{ block: 5 }] });
    await run({}, { directory });
    expect(hashes(directory)).toEqual(expected);
    expect(await statusOf(directory)).toMatchObject({ state: 'finished', manifest: { sessions: 2, failures: [] } });
  });

  it('is nothing that can be derived from, replayed, or run to a precision', async () => {
    const received = `${whole}: received a run of experiment ${experiment}; allowed: a run of experiment layer, for`;
    await expect(deriveRun(whole, { beta: [2] }, here())).rejects.toThrow(`${received} \`derive\``);
    expect(() => openReplayable(whole)).toThrow(`${received} \`replay\``);
    for (const verb of [
      ['derive', whole, '--beta', '2', '--out', place()],
      ['replay', whole, '--cell', 'beta = 1', '--block', '0'],
    ]) {
      const { status, stderr } = initsweep(...verb);
      expect(status).toBe(2);
      expect(stderr).toContain(`a run of experiment ${experiment}`);
      expect(stderr).not.toContain('fault of the program');
    }
    const precision = { statistic: 'z_var', relative: 0.01, maxSamples: 1000 };
    await expect(load({ precision })).rejects.toThrow(
      `precision: received a key of experiment layer, not of ${experiment}; allowed: name, seed, experiment,`,
    );
  });

  it.each(wrong)('says where a config is wrong, and what was meant: %o', async (changes, message) => {
    const path = join(data, `${experiment}.json`);
    writeFileSync(path, JSON.stringify({ ...keys, ...changes }, null, 2));
    await expect(loadSweep(path)).rejects.toThrow(message);
    await expect(loadSweep(path)).rejects.toThrow(/\.json:\d+:\d+/);
  });

  it('is asked for when its name is misspelt, and of its keys nothing is said', async () => {
    const misspelt = `${experiment.slice(0, 2)}${experiment.slice(3)}`;
    const allowed = 'layer, depth, training';
    await expect(load({ experiment: misspelt })).rejects.toThrow(
      new RegExp(`^experiment: received "${misspelt}"; allowed: ${allowed}; did you mean "${experiment}"\\?$`),
    );
  });

  it.runIf(HAS_REDIS)('has the same bytes from a queue', async () => {
    const redis = await TestRedis.start();
    onTestFinished(() => redis.dispose());
    await startWorker(redis.url);
    const open = openOnQueue(queueAddress(redis.url), { taskTime: 2e5, timing: { keep: 500 } });
    expect(hashes(await run({}, { open }))).toEqual(expected);
  });
});
