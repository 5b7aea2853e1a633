import { beforeAll, describe, expect, it } from 'vitest';
import { RunError, TaskError } from '../../../src/errors.ts';
import type { Task } from '../../../src/execute/task.ts';
import { coordinate, type ResultSink } from '../../../src/run/coordinator.ts';
import { CUTTING } from '../../../src/run/cutting.ts';
import { type FailedBlock, Faults, IN_VAIN } from '../../../src/run/faults.ts';
import type { KnownTallies, TallyLog } from '../../../src/run/known-tallies.ts';
import type { RunProgress } from '../../../src/run/progress.ts';
import { ESTIMATE_COLUMNS } from '../../../src/stats/columns.ts';
import { positionsOf } from '../../../src/sweep/band.ts';
import { bandsOf } from '../../../src/sweep/bands.ts';
import { groupsOf, type TallyPosition } from '../../../src/sweep/groups.ts';
import { planSweep, rowsPerUnit, type SweepPlan } from '../../../src/sweep/plan.ts';
import type { TallyEntry } from '../../../src/sweep/tally-entry.ts';
import { TestRandom } from '../../support/random.ts';
import { madeUpRecord, madeUpValue, type Outcome, ScriptedExecutor } from '../../support/scripted-executor.ts';
import { smallSweep } from '../../support/small-sweep.ts';

let plan: SweepPlan;
/** Groups of one input each: with three of them, an arena is used again. */
let cutting: typeof CUTTING;

beforeAll(async () => {
  const { spec } = await smallSweep({
    fanIn: [1, 64],
    inputs: ['normal', 'uniform', 'exponential'],
    activations: ['logistic', 'relu'],
    samples: 16384,
    blocks: 32,
  });
  plan = planSweep(spec);
  cutting = {
    ...CUTTING,
    largestGroup: 2 * plan.shapes.length * plan.blocks,
    tasksPerThread: 8,
    shortest: 1,
    mostRows: 3,
  };
});

const keyOf = ({ input, fanIn, shape, block }: TallyPosition) => `${input} ${fanIn} ${shape} ${block}`;

/** Keeps what it is told as views, as the journal does, and looks at the bytes only when it is flushed. */
class FakeLog implements TallyLog {
  readonly kept = new Set<string>();
  #noted: TallyEntry[] = [];

  add(tallies: readonly TallyEntry[]): void {
    this.#noted.push(...tallies);
  }

  async flush(): Promise<void> {
    const noted = this.#noted;
    this.#noted = [];
    // A real one takes its time.
    for (let turn = 0; turn < 20; turn++) await null;
    for (const { position, record } of noted) {
      const key = keyOf(position);
      if (this.kept.has(key)) throw new Error(`noted twice: ${key}`);
      if (Buffer.compare(record, madeUpRecord(plan, position)) !== 0)
        throw new Error(`changed before it was kept: ${key}`);
      this.kept.add(key);
    }
  }
}

/** Writes down what it is given. */
class FakeSink implements ResultSink {
  readonly tallies: string[] = [];
  readonly values: number[] = [];

  tally(position: TallyPosition): void {
    this.tallies.push(keyOf(position));
  }

  rows(values: Float64Array, rows: number): void {
    for (let row = 0; row < rows; row++) {
      const columns = new Set(ESTIMATE_COLUMNS.map((_, column) => values[column * rows + row]));
      expect(columns.size).toBe(1);
      this.values.push(values[row] as number);
    }
  }
}

/** Tables as they should be, with all tallies but those left out. */
function expected(without: (key: string) => boolean = () => false): { tallies: string[]; values: number[] } {
  const [tallies, values]: [string[], number[]] = [[], []];
  plan.inputs.forEach((_, input) => {
    plan.spec.fanIn.forEach((_, fanIn) => {
      const blocks: number[] = [];
      plan.shapes.forEach(({ kind }, shape) => {
        for (let block = 0; block < plan.blocks; block++) {
          const key = keyOf({ input, fanIn, shape, block });
          if (kind !== 'zero' && without(key)) continue;
          tallies.push(key);
          if (kind !== 'zero') blocks.push(shape * plan.blocks + block);
        }
      });
      for (let row = 0; row < rowsPerUnit(plan); row++) values.push(madeUpValue(input, fanIn, row, blocks));
    });
  });
  return { tallies, values };
}

/** The known tallies of another session. */
function knownFrom(keys: Iterable<string>): KnownTallies {
  return {
    load: async (_, publish) => {
      for (const key of keys) {
        const [input, fanIn, shape, block] = key.split(' ').map(Number) as [number, number, number, number];
        const position = { input, fanIn, shape, block };
        publish(position, madeUpRecord(plan, position));
      }
    },
    close: () => {},
  };
}

interface Played {
  readonly sink: FakeSink;
  readonly log: FakeLog;
  readonly faults: Faults;
  readonly executor: ScriptedExecutor;
  readonly progress: readonly RunProgress[];
  readonly error: unknown;
}

interface Script {
  /** Which of the waiting tasks ends next. */
  readonly next: (waiting: number) => number;
  readonly outcome: (task: Task, attempt: number) => Outcome;
  readonly most?: number;
  readonly before?: readonly FailedBlock[];
  readonly known?: readonly KnownTallies[];
  readonly estimates?: boolean;
  /** Threads that simulate elsewhere. */
  readonly simulators?: number;
}

const FIRST: Script = { next: () => 0, outcome: () => 'done' };

/** Runs the coordinator; whenever it waits for tasks, the script ends one. Nothing else happens, so every run of a script is the same. */
async function play({
  next,
  outcome,
  most = Number.POSITIVE_INFINITY,
  before = [],
  known = [],
  estimates = true,
  simulators,
}: Script): Promise<Played> {
  const [sink, log, faults] = [new FakeSink(), new FakeLog(), new Faults(most, before)];
  const executor = new ScriptedExecutor(plan, simulators);
  const progress: RunProgress[] = [];
  const attempts = new Map<string, number>();
  let [settled, error]: [boolean, unknown] = [false, null];
  const run = coordinate({
    plan,
    executor,
    open: async () => sink,
    known,
    estimates,
    log,
    faults,
    onProgress: (now) => progress.push(now),
    cutting,
  })
    .catch((failure) => {
      error = failure;
    })
    .finally(() => {
      settled = true;
    });
  while (!settled) {
    for (let turn = 0; turn < 200 && !settled; turn++) await null;
    if (settled) break;
    if (executor.waiting.length === 0) throw new Error('it waits for nothing');
    const index = next(executor.waiting.length);
    const { task } = executor.waiting[index] as (typeof executor.waiting)[number];
    const key = nameOf(task);
    const attempt = (attempts.get(key) ?? 0) + 1;
    attempts.set(key, attempt);
    executor.end(index, outcome(task, attempt));
  }
  await run;
  if (error === null) await log.flush();
  return { sink, log, faults, executor, progress, error };
}

function nameOf(task: Task): string {
  return task.kind === 'simulate'
    ? `simulate ${task.group.inputs} ${task.band} ${task.firstBlock} ${task.lastBlock}`
    : `derive ${JSON.stringify(task.parts)}`;
}

/** A block of a band: what fails or does not. */
const bands = () => groupsOf(plan, [0, plan.blocks], cutting.largestGroup).flatMap((group) => bandsOf(plan, group));
const keysOfBlocks = (chosen: (input: number, side: number, block: number) => boolean): Set<string> =>
  new Set(
    bands().flatMap((band) =>
      Array.from({ length: plan.blocks }, (_, block) => block)
        .filter((block) => chosen(band.pairs[0]?.input as number, band.id, block))
        .flatMap((block) => positionsOf(band, block).map(keyOf)),
    ),
  );

const simulated = ({ executor }: Played) => executor.submitted.filter((task) => task.kind === 'simulate');

describe('the coordinator', () => {
  it('has a sweep with several groups, bands and tasks to coordinate', async () => {
    expect(bands()).toHaveLength(6);
    const played = await play(FIRST);
    expect(simulated(played).length).toBeGreaterThan(30);
    expect(simulated(played).some((task) => task.lastBlock - task.firstBlock > 1)).toBe(true);
    expect(played.executor.submitted.length - simulated(played).length).toBeGreaterThan(6);
  });

  const orders: Record<string, (seed: number) => Script['next']> = {
    'the first': () => () => 0,
    'the last': () => (waiting) => waiting - 1,
    any: (seed) => {
      const random = new TestRandom(seed);
      return (waiting) => random.word() % waiting;
    },
  };

  it.each([
    ['the first', 0],
    ['the last', 0],
    ...Array.from({ length: 12 }, (_, seed) => ['any', seed] as const),
  ] as const)('hands results on in row order when %s task ends next (%i)', async (order, seed) => {
    const { sink, log, error, progress, faults } = await play({
      ...FIRST,
      next: (orders[order] as never as (seed: number) => Script['next'])(seed),
    });
    expect(error).toBeNull();
    expect(sink).toMatchObject(expected());
    expect([...log.kept].sort()).toEqual([...keysOfBlocks(() => true)].sort());
    expect(faults.failed).toEqual([]);
    // Heard of before anything is done.
    expect(progress[0]).toMatchObject({ done: 0, tallies: { done: 0 } });
    expect(progress[0]?.tallies.running).toBeGreaterThan(0);
    const { tallies, done, total } = progress.at(-1) as RunProgress;
    expect(tallies).toEqual({ total: log.kept.size, found: 0, done: log.kept.size, running: 0, failed: 0 });
    expect(done).toBeCloseTo(total, 6);
  });

  /** Groups whose tasks were submitted before the first derive task of the first one was. */
  const early = ({ executor }: Played): number => {
    const first = executor.submitted.findIndex(({ kind }) => kind === 'derive');
    return new Set(executor.submitted.slice(0, first).map(({ group }) => group.inputs[0])).size;
  };

  it.each([
    [undefined, 1],
    [0, 2],
    [1, 2],
    [1000, 3],
  ] as const)('with %s threads elsewhere, begins %i groups before the first is done', async (simulators, groups) => {
    for (const next of Object.values(orders)) {
      const played = await play({ ...FIRST, next: next(3), ...(simulators === undefined ? {} : { simulators }) });
      expect(played.error).toBeNull();
      expect(played.sink).toMatchObject(expected());
      expect([...played.log.kept].sort()).toEqual([...keysOfBlocks(() => true)].sort());
      if (next === orders['the first']) expect(early(played)).toBe(groups);
    }
  });

  it('asks for what is known in the order of the groups, however many it begins at once', async () => {
    const asked: number[] = [];
    const known: KnownTallies = {
      load: async ({ inputs }) => {
        asked.push(inputs[0]);
        for (let turn = 0; turn < 50; turn++) await null;
        asked.push(inputs[0]);
      },
      close: () => {},
    };
    expect((await play({ ...FIRST, known: [known], simulators: 1000 })).error).toBeNull();
    expect(asked).toEqual([0, 0, 1, 1, 2, 2]);
  });

  it('has a group’s longest tasks done first, so that the last one is short', async () => {
    // Known blocks leave bands of which the last task is a short one.
    const known = keysOfBlocks((_, __, block) => block % 9 === 8);
    const { executor } = await play({ ...FIRST, known: [knownFrom(known)] });
    for (const group of groupsOf(plan, [0, plan.blocks], cutting.largestGroup)) {
      const costs = executor.submitted.flatMap((task) => {
        if (task.kind !== 'simulate' || task.group.inputs[0] !== group.inputs[0]) return [];
        const band = bandsOf(plan, group).find(({ id }) => id === task.band);
        return [(task.lastBlock - task.firstBlock) * (band?.cost ?? Number.NaN)];
      });
      expect(costs).toEqual(costs.toSorted((a, b) => b - a));
      expect(new Set(costs).size).toBeGreaterThan(3);
    }
  });

  it('is done when a share has its tallies, as no rows are derived from them', async () => {
    const { sink, executor, progress } = await play({ ...FIRST, estimates: false });
    expect(sink.values).toEqual([]);
    expect(executor.submitted.every((task) => task.kind === 'simulate')).toBe(true);
    const { done, total } = progress.at(-1) as RunProgress;
    expect(done).toBeCloseTo(total, 6);
  });

  it.each(['fails', 'fails midway'] as const)(
    'tries again, block by block, a task that %s, wherever it is',
    async (how) => {
      const tasks = (await play(FIRST)).executor.submitted;
      for (const failing of tasks) {
        const name = nameOf(failing);
        const played = await play({
          ...FIRST,
          outcome: (task, attempt) => (nameOf(task) === name && attempt === 1 ? how : 'done'),
        });
        expect(played.error).toBeNull();
        expect(played.sink).toMatchObject(expected());
        expect(played.log.kept.size).toBe(keysOfBlocks(() => true).size);
        expect(played.executor.submitted.length).toBeGreaterThan(tasks.length);
        expect(played.faults.failed).toEqual([]);
      }
    },
  );

  it('has room for all tallies when every task fails midway, twice', async () => {
    const midway: Script = {
      ...FIRST,
      outcome: (task, attempt) => (attempt < 3 && task.kind === 'simulate' ? 'fails midway' : 'done'),
    };
    const { error, sink } = await play(midway);
    expect(error).toBeNull();
    expect(sink).toMatchObject(expected());
  });

  it.each(Array.from({ length: 20 }, (_, seed) => seed))(
    'ends right whatever fails, in any order (%i)',
    async (seed) => {
      const random = new TestRandom(seed);
      const chance = (share: number) => random.word() / 2 ** 32 < share;
      const bad = new Set(Array.from({ length: 5 }, () => `${random.word() % 3} ${random.word() % plan.blocks}`));
      const isBad = (input: number, block: number) => bad.has(`${input} ${block}`);
      const played = await play({
        next: (waiting) => random.word() % waiting,
        outcome: (task, attempt) => {
          if (task.kind === 'derive') return attempt < 3 && chance(0.2) ? 'fails midway' : 'done';
          for (let block = task.firstBlock; block < task.lastBlock; block++)
            if (isBad(task.group.inputs[0], block)) return 'fails';
          return attempt < 3 && chance(0.2) ? (chance(0.5) ? 'fails' : 'fails midway') : 'done';
        },
      });
      const lost = keysOfBlocks((input, _, block) => isBad(input, block));
      expect(played.error).toBeNull();
      expect(played.sink).toMatchObject(expected((key) => lost.has(key)));
      expect(played.faults.failed).toHaveLength(2 * bad.size);
      expect([...played.log.kept].sort()).toEqual([...keysOfBlocks((input, _, block) => !isBad(input, block))].sort());
      const { tallies, done, total } = played.progress.at(-1) as RunProgress;
      expect(tallies).toMatchObject({ failed: lost.size, done: tallies.total - lost.size, running: 0 });
      expect(done).toBeCloseTo(total, 6);
      // A later session tries the failed blocks again, and nothing else.
      const later = await play({ ...FIRST, known: [knownFrom(played.log.kept)] });
      expect(later.error).toBeNull();
      expect(later.sink).toMatchObject(expected());
      expect(later.log.kept).toEqual(lost);
      const again = simulated(later).flatMap(({ group, firstBlock, lastBlock }) =>
        Array.from({ length: lastBlock - firstBlock }, (_, i) => `${group.inputs[0]} ${firstBlock + i}`),
      );
      expect(new Set(again)).toEqual(bad);
      // What is known counts from the first word of it on, or rates were taken of it.
      expect(later.progress[0]?.tallies.found).toBeGreaterThan(0);
      expect(later.progress.at(-1)?.tallies).toMatchObject({
        found: played.log.kept.size,
        failed: 0,
        done: tallies.total,
      });
    },
  );

  it('names a failed block: what, where, why, how often it was tried', async () => {
    const { sink, faults, executor } = await play({
      ...FIRST,
      outcome: (task) =>
        task.kind === 'simulate' &&
        task.group.inputs[0] === 1 &&
        task.firstBlock <= 7 &&
        7 < task.lastBlock &&
        task.band === 1
          ? new TaskError({ where: 'worker 3', received: 'a lost thread' })
          : 'done',
    });
    expect(faults.failed).toEqual([
      {
        block: 7,
        inputs: ['uniform'],
        weightShapes: ['uniform', 'normal'],
        fanIns: [1],
        error: 'worker 3: received a lost thread',
      },
    ]);
    const tries = executor.submitted.filter((task) => nameOf(task) === 'simulate 1,2 1 7 8');
    expect(tries).toHaveLength(3);
    expect(sink.tallies).not.toContain('1 0 0 7');
    expect(sink.tallies).toContain('1 1 0 7');
  });

  it.each([0, 1, 3])('goes on with %i failed blocks, and ends at the next one', async (most) => {
    const failing =
      (bad: number): Script['outcome'] =>
      (task) =>
        task.kind === 'simulate' && task.band === 1 && task.group.inputs[0] === 0 && task.firstBlock < bad
          ? 'fails'
          : 'done';
    const well = await play({ ...FIRST, most, outcome: failing(most) });
    expect(well.error).toBeNull();
    expect(well.faults.failed).toHaveLength(most);
    const ended = await play({ ...FIRST, most, outcome: failing(most + 1) });
    expect(ended.error).toBeInstanceOf(RunError);
    expect(String(ended.error)).toContain('at fan-in 1: received the test: fails, 3 times; what was done is kept');
    expect(ended.faults.failed).toHaveLength(most + 1);
  });

  describe('when every task fails', () => {
    const hopeless: Script = { ...FIRST, outcome: (task) => (task.kind === 'simulate' ? 'fails' : 'done') };
    const blocks = 32 * 6;

    it('gives up after a hundred of them, if it may go on with any number of failed blocks', async () => {
      const { error, executor } = await play(hopeless);
      expect(error).toBeInstanceOf(RunError);
      expect(String(error)).toMatch(
        /block \d+ of uniform, normal × \w+ at fan-in \d+: received the test: fails; it is the 100th task to fail, and none succeeded; mend the cause/,
      );
      expect(new Set(executor.submitted.map(nameOf)).size).toBeGreaterThanOrEqual(IN_VAIN);
      expect(executor.submitted.length).toBeLessThan(3 * blocks);
    });

    it('goes on if it may go on with so many failed blocks, or these have failed before', async () => {
      const allowed = await play({ ...hopeless, most: blocks });
      expect(allowed.error).toBeNull();
      expect(allowed.faults.failed).toHaveLength(blocks);
      const again = await play({ ...hopeless, before: allowed.faults.failed });
      expect(again.error).toBeNull();
      expect(again.faults.failed).toHaveLength(blocks);
    });

    it('goes on once one has succeeded', async () => {
      let left = 1;
      const { error, faults } = await play({
        ...FIRST,
        outcome: (task) => (task.kind === 'derive' || (task.lastBlock === 32 && left-- > 0) ? 'done' : 'fails'),
      });
      expect(error).toBeNull();
      expect(faults.failed.length).toBeGreaterThan(IN_VAIN);
    });
  });

  it('ends at once with an error that is not of one task, wherever it comes', async () => {
    const tasks = (await play(FIRST)).executor.submitted;
    for (const failing of tasks) {
      const name = nameOf(failing);
      const fatal = new RunError('the disk is gone');
      const { error, executor } = await play({ ...FIRST, outcome: (task) => (nameOf(task) === name ? fatal : 'done') });
      expect(error).toBe(fatal);
      expect(executor.submitted.filter((task) => nameOf(task) === name)).toHaveLength(1);
    }
  });

  it('ends when rows cannot be derived', async () => {
    const { error } = await play({ ...FIRST, outcome: (task) => (task.kind === 'derive' ? 'fails' : 'done') });
    expect(error).toBeInstanceOf(RunError);
    expect(String(error)).toContain(
      'deriving rows of estimates.arrow: received the test: fails, 3 times; the tallies are kept',
    );
  });

  it('simulates nothing that is known, be it known twice, and blocks of which a part is missing', async () => {
    const all = [...keysOfBlocks(() => true)];
    const twice = await play({ ...FIRST, known: [knownFrom(all), knownFrom(all)] });
    expect(twice.sink).toMatchObject(expected());
    expect(simulated(twice)).toEqual([]);
    expect(twice.log.kept.size).toBe(0);
    const torn = await play({ ...FIRST, known: [knownFrom(all.filter((key) => key !== '2 1 0 31'))] });
    expect(torn.sink).toMatchObject(expected());
    expect(simulated(torn)).toMatchObject([{ group: { inputs: [2, 3] }, firstBlock: 31, lastBlock: 32 }]);
  });

  it('refuses two different tallies of one block', async () => {
    const lie: KnownTallies = {
      load: async (_, publish) =>
        publish(
          { input: 0, fanIn: 0, shape: 0, block: 3 },
          madeUpRecord(plan, { input: 0, fanIn: 0, shape: 0, block: 4 }),
        ),
      close: () => {},
    };
    const { error } = await play({ ...FIRST, known: [knownFrom(['0 0 0 3']), lie] });
    expect(String(error)).toContain('uniform × normal, fan-in 1, block 3: received two different tallies of one block');
  });

  it.each(['add', 'flush'] as const)('ends with the error of a log whose %s fails', async (call) => {
    const executor = new ScriptedExecutor(plan);
    const broken = new RunError('no space');
    const log = new FakeLog();
    log[call] = () => {
      throw broken;
    };
    const run = coordinate({ plan, executor, open: async () => new FakeSink(), log, cutting });
    let ended = false;
    const done = run
      .catch((error) => error)
      .finally(() => {
        ended = true;
      });
    while (!ended) {
      for (let turn = 0; turn < 200; turn++) await null;
      if (executor.waiting.length > 0) executor.end(0, 'done');
    }
    expect(await done).toBe(broken);
  });
});
