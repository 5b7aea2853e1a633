import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { LoadedSweep } from '../../src/config/load.ts';
import type { Executor } from '../../src/execute/executor.ts';
import { InlineExecutor } from '../../src/execute/inline.ts';
import { openExecutor } from '../../src/execute/open.ts';
import { PoolExecutor } from '../../src/execute/pool.ts';
import type { SweepSpec } from '../../src/model/spec.ts';
import { coordinate } from '../../src/run/coordinator.ts';
import { CUTTING, type Cutting } from '../../src/run/cutting.ts';
import { runSweep } from '../../src/run/run-sweep.ts';
import { TableSink } from '../../src/run/table-sink.ts';
import { planSweep } from '../../src/sweep/plan.ts';
import { readEstimates } from '../../src/tables/estimate-reader.ts';
import { readTallies, readTallyHeader } from '../../src/tables/tally-reader.ts';
import { loadRich, RICH, type RichSweep, writeData } from '../support/rich-sweep.ts';
import { ShuffledExecutor } from '../support/shuffled-executor.ts';
import { lastingFolder, sha256 } from '../support/tables.ts';

const data = lastingFolder();
const load = (changes: Partial<RichSweep> = {}) => loadRich(data, { samples: 65_536, ...changes });
let runs = 0;

interface Hashes {
  readonly tallies: string;
  readonly estimates: string;
}

/** A run through the front door. */
async function run(sweep: LoadedSweep<SweepSpec>, threads: number): Promise<Hashes & { readonly directory: string }> {
  const directory = join(data, `run-${runs++}`);
  await runSweep(sweep, { directory, threads, open: openExecutor });
  return { directory, ...hashesIn(directory) };
}

/** The same tables from the coordinator alone, with an executor and a cutting of the test's own. */
async function coordinated(
  executor: Executor,
  sweep: LoadedSweep<SweepSpec>,
  cutting: Cutting = CUTTING,
): Promise<Hashes> {
  const plan = planSweep(sweep.spec, sweep.datasets);
  const directory = join(data, `run-${runs++}`);
  mkdirSync(directory);
  let sink: TableSink | undefined;
  try {
    const open = async () => (sink = await TableSink.open(directory, plan));
    await coordinate({ plan, executor, open, cutting });
    sink?.seal();
    sink?.place();
  } finally {
    await executor.close();
  }
  return hashesIn(directory);
}

function hashesIn(directory: string): Hashes {
  return { tallies: sha256(join(directory, 'tallies.arrow')), estimates: sha256(join(directory, 'estimates.arrow')) };
}

const AXES = ['input', 'fan_in', 'fan_out', 'initializer', 'activation', 'beta'];

/** Every row of both tables as text, by what it is a row of. */
function rowsIn(directory: string): Map<string, string> {
  const rows = new Map<string, string>();
  const table = readEstimates(join(directory, 'estimates.arrow'));
  const columns = table.fields.map(({ name, values }) => ({
    name,
    cells: values === undefined ? [...table.numbers(name)] : table.labels(name),
  }));
  for (let row = 0; row < table.rows; row++) {
    const of = (names: (name: string) => boolean) =>
      columns.filter(({ name }) => names(name)).map(({ name, cells }) => `${name}=${cells[row]}`);
    rows.set(of((name) => AXES.includes(name)).join(' '), of((name) => !AXES.includes(name)).join(' '));
  }
  const path = join(directory, 'tallies.arrow');
  const { labels } = readTallyHeader(path);
  for (const { shape, input, fanIn, block, tally } of readTallies(path)) {
    const { count, min, max, powers, bins, counts, sums, squares } = tally;
    const key = `${labels.shape[shape]} ${labels.input[input]} ${fanIn} ${block}`;
    rows.set(key, [count, min, max, powers, bins, counts, sums, squares].join(' '));
  }
  return rows;
}

describe('both tables, byte for byte', () => {
  let rich: LoadedSweep<SweepSpec>;
  let expected: Hashes;
  let rows: Map<string, string>;

  beforeAll(async () => {
    writeData(data);
    rich = await load();
    const { directory, ...hashes } = await run(rich, 1);
    expected = hashes;
    rows = rowsIn(directory);
  });

  it('come from a sweep that takes every path', () => {
    const plan = planSweep(rich.spec, rich.datasets);
    const sides = new Set(plan.sides.flat(2));
    for (const side of [1, 4, 8, 16]) expect(sides).toContain(side);
    const estimates = 8 * 6 * 2 * 7 * 4 * 2;
    expect(rows.size).toBe(estimates + 8 * 6 * 7 * RICH.blocks);
    // No two cells of weights with a spread are the same, or rows would be compared that nothing tells apart.
    expect(new Set(rows.values()).size).toBeGreaterThan(0.7 * rows.size);
  });

  it('are the same from 7 threads', async () => {
    expect(await run(rich, 7)).toMatchObject(expected);
  });

  it('are the same on a second run', async () => {
    expect(await run(await load(), 1)).toMatchObject(expected);
  });

  const cuttings: Record<string, Cutting> = {
    'one block, one row a task': { ...CUTTING, tasksPerThread: 1e9, shortest: 1, mostRows: 1000 },
    'tasks as large as can be': { ...CUTTING, tasksPerThread: 1e-9, shortest: 1e15, longest: 1e15, mostRows: 1e6 },
    'odd sizes, and rows of a unit in pieces': {
      ...CUTTING,
      tasksPerThread: 3,
      shortest: 2e6,
      longest: 7e6,
      mostRows: 17,
    },
    'a group for each input and two fan-ins': { ...CUTTING, largestGroup: 2 * 7 * RICH.blocks },
    'groups of three inputs and of two': { ...CUTTING, largestGroup: 3 * 6 * 7 * RICH.blocks },
  };

  it.each(Object.entries(cuttings))('are the same with %s', async (_, cutting) => {
    expect(await coordinated(new PoolExecutor(rich.spec, rich.datasets, 2), rich, cutting)).toEqual(expected);
  });

  const inlineExecutor = () => new InlineExecutor(planSweep(rich.spec, rich.datasets));

  it.each([1, 2])('are the same with tasks taken and reported in random order %i', async (seed) => {
    const small = { ...CUTTING, tasksPerThread: 40, shortest: 1, largestGroup: 3 * 6 * 7 * RICH.blocks };
    const inner = seed === 2 ? new PoolExecutor(rich.spec, rich.datasets, 2) : inlineExecutor();
    const executor = new ShuffledExecutor(inner, seed);
    expect(await coordinated(executor, rich, small)).toEqual(expected);
    const moved = executor.order.filter((position, i) => position !== i);
    expect(moved.length).toBeGreaterThan(0.5 * executor.order.length);
  });

  it('differ under another seed, in every block of every ensemble but zeros and the smallest lattices', async () => {
    const { directory, ...hashes } = await run(await load({ seed: 'Rich' }), 2);
    expect(hashes.tallies).not.toBe(expected.tallies);
    expect(hashes.estimates).not.toBe(expected.estimates);
    const same = [...rowsIn(directory)].filter(([key, row]) => row === rows.get(key)).map(([key]) => key);
    const blocks = same.filter((key) => /^\w+ .* \d+$/.test(key) && !key.startsWith('zero '));
    // At fan-in 1 a block of a two-valued z is one number, and 1024 draws can repeat it.
    expect(blocks.filter((key) => !/^(constant|sign) .* [13] \d+$/.test(key))).toEqual([]);
    expect(blocks.length).toBeLessThan(10);
  });

  const fewer: Record<string, Partial<RichSweep>> = {
    'other fan-ins': { fanIn: [16, 257] },
    'all larger fan-ins': { fanIn: [3, 100, 1] },
    'other inputs': { inputs: [RICH.inputs[7], RICH.inputs[4], RICH.inputs[1]] },
    'other initializers': { initializers: [RICH.initializers[3], RICH.initializers[2]] },
    'other activations, slopes and fan-outs': { activations: ['gelu'], beta: [3], fanOut: [300] },
  };

  it.each(Object.entries(fewer))('have the same rows when %s are removed', async (_, changes) => {
    const { directory } = await run(await load(changes), 2);
    const left = rowsIn(directory);
    expect(left.size).toBeGreaterThan(100);
    for (const [key, row] of left) expect(row === rows.get(key), key).toBe(true);
  });
});
