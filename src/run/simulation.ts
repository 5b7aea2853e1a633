import { RunDirectoryError, RunError, TaskError } from '../errors.ts';
import type { Executor } from '../execute/executor.ts';
import { experimentOf } from '../experiment/plan-of.ts';
import { Arena } from '../memory/arena.ts';
import { type Band, positionsOf, talliesOf } from '../sweep/band.ts';
import { type Group, holds, type Range, slotCount, slotOf, type TallyPosition } from '../sweep/groups.ts';
import type { Plan } from '../sweep/plan.ts';
import { type Cutting, cutBlocks, taskTime } from './cutting.ts';
import { ATTEMPTS, type Faults } from './faults.ts';
import type { KnownTallies, TallyLog } from './known-tallies.ts';
import type { Progress } from './progress.ts';

/** What the groups of a run share. */
export interface SimulationContext {
  readonly plan: Plan;
  readonly executor: Executor;
  readonly known: readonly KnownTallies[];
  readonly log: TallyLog;
  readonly faults: Faults;
  readonly progress: Progress;
  readonly cutting: Cutting;
}

/** Fills the arena with the tallies of one group: those that are known, and by tasks, all submitted at once, the others. */
export class Simulation {
  readonly group: Group;
  readonly arena: Arena;
  /** Resolves when every tally of the group is in the arena, or given up. */
  readonly done: Promise<void>;
  readonly #context: SimulationContext;
  /** Resolves when its tasks are submitted. */
  readonly submitted: Promise<void>;
  #unfinished = 0;
  readonly #bands: Promise<readonly Promise<void>[]>;
  /** Bands that make tallies of one (input, fan-in), by position in those of the group. */
  readonly #bandsOfUnit = new Map<string, number[]>();

  constructor(context: SimulationContext, group: Group, buffer: SharedArrayBuffer) {
    this.#context = context;
    this.group = group;
    // Attached anew: where the lengths of records lie follows from the number of slots, which tasks take from the group.
    this.arena = Arena.attach(buffer, slotCount(context.plan, group));
    this.arena.clear();
    this.#bands = this.#load().then(() => this.#submit());
    this.submitted = settled([this.#bands.then(() => {})]);
    this.done = settled([this.#bands.then((bands) => settled(bands))]);
  }

  /** Tasks that were submitted and are not done. */
  get unfinished(): number {
    return this.#unfinished;
  }

  /** Resolves when all tallies of one (input, fan-in) are there. */
  async ready(input: number, fanIn: number): Promise<void> {
    const bands = await this.#bands;
    await Promise.all((this.#bandsOfUnit.get(unitKey(input, fanIn)) ?? []).map((band) => bands[band]));
  }

  /** The record at a position, null when its block failed. */
  record(position: TallyPosition): Uint8Array | null {
    return this.arena.record(this.#slot(position));
  }

  async #load(): Promise<void> {
    for (const known of this.#context.known) await known.load(this.group, (...tally) => this.#publish(...tally));
  }

  #publish(position: TallyPosition, record: Uint8Array): void {
    const { plan } = this.#context;
    if (!holds(plan, this.group, position)) return;
    const there = this.record(position);
    if (there !== null) {
      if (Buffer.compare(there, record) === 0) return;
      throw new RunDirectoryError({
        where: this.#name(position),
        received: 'two different tallies of one block',
        allowed: 'runs made by one kernel from one config',
        remedy: 'one of the runs is damaged: check them with `initsweep status RUN --check`',
      });
    }
    // A checksum says that bytes are as they were written, not by whom: what cannot be a tally is simulated.
    if (!experimentOf(plan).isTally(plan, position.shape, record)) return;
    if (this.arena.publish(this.#slot(position), record)) return;
    throw new RunError({
      where: this.#name(position),
      received: `tallies that do not fit in ${this.arena.buffer.byteLength} bytes`,
      remedy: 'this is a fault of initsweep: please report it',
    });
  }

  #name({ input, fanIn, shape, block }: TallyPosition): string {
    const { grid } = this.#context.plan;
    return `${grid.series[shape]} × ${grid.inputs[input]}, fan-in ${grid.fanIns[fanIn]}, block ${block}`;
  }

  /** Submits tasks for what is missing; one promise for each band. */
  #submit(): readonly Promise<void>[] {
    const { plan, executor, cutting, progress } = this.#context;
    const bands = experimentOf(plan).bandsOf(plan, this.group);
    const work = bands.map((band) => ({ band, missing: this.#missing(band) }));
    const total = work.reduce((sum, { band, missing }) => sum + band.cost * count(missing), 0);
    const time = executor.taskTime ?? taskTime(total, executor.parallelism, cutting);
    for (const [index, { band, missing }] of work.entries()) {
      const found = count([this.group.blocks]) - count(missing);
      if (found > 0) progress.found(found * band.cost, found * talliesOf(band));
      for (const { input, fanIns } of band.pairs) {
        for (const fanIn of fanIns) {
          const key = unitKey(input, fanIn);
          const own = this.#bandsOfUnit.get(key) ?? [];
          if (own.at(-1) !== index) own.push(index);
          this.#bandsOfUnit.set(key, own);
        }
      }
    }
    // The longest first, so that whoever waits for the last task waits for a short one.
    const cuts = work
      .flatMap(({ band, missing }, index) =>
        missing
          .flatMap((range) => cutBlocks(range, band.cost, time, executor.mostBlocks?.(band)))
          .map((blocks) => ({ index, band, blocks, cost: count([blocks]) * band.cost })),
      )
      .sort((a, b) => b.cost - a.cost);
    const tasks = work.map((): Promise<void>[] => []);
    for (const { index, band, blocks } of cuts) tasks[index]?.push(this.#task(band, ...blocks));
    return tasks.map(settled);
  }

  /** Ranges of blocks whose tallies are not all there. */
  #missing(band: Band): Range[] {
    const missing: [number, number][] = [];
    for (let block = this.group.blocks[0]; block < this.group.blocks[1]; block++) {
      if (this.#isWhole(band, block)) continue;
      const last = missing.at(-1);
      if (last?.[1] === block) last[1]++;
      else missing.push([block, block + 1]);
    }
    return missing;
  }

  /** Whether all tallies of a block are there. */
  #isWhole(band: Band, block: number): boolean {
    return positionsOf(band, block).every((position) => this.record(position) !== null);
  }

  /** Simulates blocks, again where that fails: each alone, so that one bad block takes no other with it. */
  async #task(band: Band, firstBlock: number, lastBlock: number): Promise<void> {
    const { log, progress } = this.#context;
    const blocks = lastBlock - firstBlock;
    const end = progress.begin(blocks * band.cost, blocks * talliesOf(band));
    this.#unfinished++;
    const add = (from: number, to: number) =>
      log.add(
        Array.from({ length: to - from }, (_, i) => positionsOf(band, from + i)).flatMap((positions) =>
          positions.map((position) => ({ position, record: this.record(position) as Uint8Array })),
        ),
      );
    let failed = 0;
    const alone = async (block: number): Promise<void> => {
      // A task that failed midway has finished some.
      if (this.#isWhole(band, block)) return add(block, block + 1);
      const failure = await this.#attempt(band, [block, block + 1], ATTEMPTS);
      if (failure === null) add(block, block + 1);
      else {
        this.#drop(band, block, failure);
        failed++;
      }
    };
    if (blocks === 1) await alone(firstBlock);
    else if ((await this.#attempt(band, [firstBlock, lastBlock], 1)) === null) add(firstBlock, lastBlock);
    else await Promise.all(Array.from({ length: blocks }, (_, i) => alone(firstBlock + i)));
    end(failed * talliesOf(band));
    this.#unfinished--;
  }

  /** Has blocks simulated in one task, which may fail so many times. Null once it succeeded. */
  #attempt(band: Band, blocks: Range, most: number): Promise<TaskError | null> {
    const { plan, executor, faults } = this.#context;
    const [firstBlock, lastBlock] = blocks;
    let first = true;
    return attempts(most, async () => {
      try {
        await executor.submit({
          kind: 'simulate',
          group: this.group,
          band: band.id,
          firstBlock,
          lastBlock,
          arena: this.arena.buffer,
        });
      } catch (error) {
        if (first && error instanceof TaskError) faults.missed(plan, band, blocks, error);
        first = false;
        throw error;
      }
      faults.succeeded();
    });
  }

  #drop(band: Band, block: number, error: TaskError): void {
    for (const position of positionsOf(band, block))
      if (this.record(position) === null) this.arena.drop(this.#slot(position));
    this.#context.faults.add(this.#context.plan, band, block, error);
  }

  #slot(position: TallyPosition): number {
    return slotOf(this.#context.plan, this.group, position);
  }
}

/** Tries until it succeeds (null), or has failed so many times; other errors than those of one task are thrown at once. */
export async function attempts(most: number, work: () => Promise<void>): Promise<TaskError | null> {
  for (let attempt = 1; ; attempt++) {
    try {
      await work();
      return null;
    } catch (error) {
      if (!(error instanceof TaskError)) throw error;
      if (attempt === most) return error;
    }
  }
}

/** All of them, as one promise whose rejection is never reported as unhandled: whoever awaits it sees it. */
export function settled(promises: readonly Promise<void>[]): Promise<void> {
  const all = Promise.all(promises).then(() => {});
  all.catch(() => {});
  return all;
}

function count(blocks: readonly Range[]): number {
  return blocks.reduce((sum, [from, to]) => sum + to - from, 0);
}

function unitKey(input: number, fanIn: number): string {
  return `${input} ${fanIn}`;
}
