import type { Executor } from '../execute/executor.ts';
import { recordSource } from '../execute/perform.ts';
import { Arena } from '../memory/arena.ts';
import { ESTIMATE_COLUMNS } from '../stats/columns.ts';
import { readRecord, recordBytes } from '../stats/record.ts';
import type { Tally } from '../stats/tally.ts';
import { bandsOf } from '../sweep/bands.ts';
import { blockCost, unitCost } from '../sweep/cost.ts';
import { type Group, groupsOf, slotCount, unitsOf } from '../sweep/groups.ts';
import { cellCount, type SweepPlan } from '../sweep/plan.ts';
import { type Chunk, CUTTING, type Cutting, cutBlocks, cutRows } from './cutting.ts';

/** Where results go, in the order of the tables' rows. */
export interface ResultSink {
  tally(id: { shape: number; input: number; fanIn: number; block: number }, tally: Tally): void;
  /** `values` is column-major over ESTIMATE_COLUMNS, NaN for null, and valid during the call only. */
  rows(values: Float64Array, rows: number): void;
}

/** Work done so far, in cells; a share of a cell's work counts as that share of it. */
export type OnProgress = (done: number, total: number, stage: 'simulate' | 'derive') => void;

/** Bytes of a group's arena for each of its tallies, on average at most. Pages that nothing is written to cost no memory. */
const TALLY_ROOM = 48 * 1024;

/** A tally has no more bins than values. */
function tallyRoom(plan: SweepPlan): number {
  return Math.min(TALLY_ROOM, 8 + recordBytes(plan.blockSamples));
}

/**
 * Runs a plan: simulates group after group, derives each as its tallies come in, and hands results on in row order.
 *
 * Two arenas take turns: while the last rows of one group are derived and written, the next one is simulated. Memory is bounded by two
 * groups and a window of rows, whatever the number of cells.
 *
 * @param open makes the sink once the first tasks are under way
 * @param cutting how work is cut into groups and tasks; results do not depend on it
 * @throws the error of a task or of the sink, at the latest when its results are due; the caller then closes the executor
 */
export async function coordinate(
  plan: SweepPlan,
  executor: Executor,
  open: () => Promise<ResultSink>,
  onProgress: OnProgress = () => {},
  cutting: Cutting = CUTTING,
): Promise<void> {
  const groups = groupsOf(plan, cutting.largestGroup);
  const progress = new Progress(plan, groups, onProgress);
  const slots = groups.reduce((most, group) => Math.max(most, slotCount(plan, group)), 0);
  const arenas = groups.slice(0, 2).map(() => Arena.allocate(slots, slots * tallyRoom(plan)));
  const start = (index: number): Simulation | undefined => {
    const group = groups[index];
    return group && new Simulation(plan, executor, group, arenas[index % 2] as Arena, progress, cutting);
  };
  let current = start(0);
  const sink = await open();
  const rows = new RowWindow(plan, executor, sink, progress, cutting);
  for (let index = 0; current !== undefined; index++) {
    const simulation: Simulation = current;
    // While workers derive, this thread has time to write.
    const written = settled([simulation.done.then(() => writeTallies(plan, simulation, sink))]);
    await rows.dispatch(simulation);
    const next = start(index + 1);
    await rows.drain();
    await written;
    current = next;
  }
}

/** The simulate tasks of one group, all submitted at once. */
class Simulation {
  readonly group: Group;
  readonly arena: Arena;
  /** Resolves when every tally of the group is in the arena. */
  readonly done: Promise<void>;
  readonly #bands = new Map<number, Promise<void>>();
  readonly #plan: SweepPlan;

  constructor(plan: SweepPlan, executor: Executor, group: Group, arena: Arena, progress: Progress, cutting: Cutting) {
    this.#plan = plan;
    this.group = group;
    // Attached anew: where the lengths of records lie follows from the number of slots, which tasks take from the group.
    this.arena = Arena.attach(arena.buffer, slotCount(plan, group));
    this.arena.clear();
    const bands = bandsOf(plan, group);
    const total = bands.reduce((sum, band) => sum + plan.blocks * blockCost(band), 0);
    for (const band of bands) {
      const cost = blockCost(band);
      const ranges = cutBlocks(plan.blocks, cost, total, executor.parallelism, cutting);
      const tasks = ranges.map(async ([firstBlock, lastBlock]) => {
        await executor.submit({
          kind: 'simulate',
          group,
          side: band.side,
          firstBlock,
          lastBlock,
          arena: arena.buffer,
        });
        progress.add((lastBlock - firstBlock) * cost, 'simulate');
      });
      this.#bands.set(band.side, settled(tasks));
    }
    this.done = settled([...this.#bands.values()]);
  }

  /** Resolves when all tallies of one (input, fan-in) are there. */
  async ready(input: number, fanIn: number): Promise<void> {
    await Promise.all(this.#plan.sides.map((byInput) => this.#bands.get(byInput[input]?.[fanIn] as number)));
  }
}

/** All of them, as one promise whose rejection is never reported as unhandled: whoever awaits it sees it. */
function settled(promises: readonly Promise<void>[]): Promise<void> {
  const all = Promise.all(promises).then(() => {});
  all.catch(() => {});
  return all;
}

/** Derive tasks in row order, a bounded number of them under way, their row buffers used again and again. */
class RowWindow {
  readonly #plan: SweepPlan;
  readonly #executor: Executor;
  readonly #sink: ResultSink;
  readonly #progress: Progress;
  readonly #cutting: Cutting;
  readonly #free: SharedArrayBuffer[] = [];
  readonly #underWay: { readonly chunk: Chunk; readonly buffer: SharedArrayBuffer; readonly done: Promise<void> }[] =
    [];
  readonly #size: number;

  constructor(plan: SweepPlan, executor: Executor, sink: ResultSink, progress: Progress, cutting: Cutting) {
    this.#plan = plan;
    this.#executor = executor;
    this.#sink = sink;
    this.#progress = progress;
    this.#cutting = cutting;
    this.#size = 2 * executor.parallelism + 2;
  }

  async dispatch(simulation: Simulation): Promise<void> {
    const { group, arena } = simulation;
    const { chunks, largest } = cutRows(this.#plan, unitsOf(group), this.#executor.parallelism, this.#cutting);
    const bytes = largest * ESTIMATE_COLUMNS.length * 8;
    for (const chunk of chunks) {
      for (const { input, fanIn } of chunk.parts) await simulation.ready(input, fanIn);
      if (this.#underWay.length === this.#size) await this.#commit();
      const buffer = this.#free.pop() ?? new SharedArrayBuffer(bytes);
      const rows = buffer.byteLength < bytes ? new SharedArrayBuffer(bytes) : buffer;
      const task = { kind: 'derive', group, arena: arena.buffer, rows, parts: chunk.parts } as const;
      this.#underWay.push({ chunk, buffer: rows, done: settled([this.#executor.submit(task)]) });
    }
  }

  async drain(): Promise<void> {
    while (this.#underWay.length > 0) await this.#commit();
  }

  /** Waits for the oldest task and hands its rows on. */
  async #commit(): Promise<void> {
    const [first] = this.#underWay;
    if (first === undefined) return;
    await first.done;
    this.#underWay.shift();
    const columns = ESTIMATE_COLUMNS.length;
    for (const { from, to, offset } of first.chunk.parts)
      this.#sink.rows(new Float64Array(first.buffer, offset, (to - from) * columns), to - from);
    this.#free.push(first.buffer);
    this.#progress.add(first.chunk.cost, 'derive');
  }
}

function writeTallies(plan: SweepPlan, { group, arena }: Simulation, sink: ResultSink): void {
  const source = recordSource(plan, group, arena);
  for (const { input, fanIn } of unitsOf(group)) {
    plan.shapes.forEach((_, shape) => {
      source(shape, input, fanIn).forEach((record, block) => {
        const id = { shape, input, fanIn: plan.spec.fanIn[fanIn] as number, block };
        sink.tally(id, readRecord(record.buffer, record.byteOffset));
      });
    });
  }
}

class Progress {
  readonly #total: number;
  readonly #cells: number;
  readonly #report: OnProgress;
  #done = 0;

  constructor(plan: SweepPlan, groups: readonly Group[], report: OnProgress) {
    this.#cells = cellCount(plan);
    this.#report = report;
    this.#total = groups.reduce(
      (sum, group) =>
        sum +
        unitsOf(group).length * unitCost(plan) +
        bandsOf(plan, group).reduce((bands, band) => bands + plan.blocks * blockCost(band), 0),
      0,
    );
    report(0, this.#cells, 'simulate');
  }

  add(cost: number, stage: 'simulate' | 'derive'): void {
    this.#done += cost;
    this.#report(Math.min(this.#cells, (this.#done / this.#total) * this.#cells), this.#cells, stage);
  }
}
