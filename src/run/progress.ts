import { experimentOf } from '../experiment/plan-of.ts';
import { talliesOf } from '../sweep/band.ts';
import { type Group, type Range, unitsOf } from '../sweep/groups.ts';
import type { Plan } from '../sweep/plan.ts';

/** Tallies of a run, each in one of these states, or missing. */
export interface TallyCounts {
  readonly total: number;
  /** There when this session began. */
  readonly found: number;
  /** Found ones and those simulated since. */
  readonly done: number;
  readonly running: number;
  readonly failed: number;
}

/** How far a run is. */
export interface RunProgress {
  /** In cells; a share of a cell's work counts as that share of it. */
  readonly done: number;
  readonly total: number;
  readonly stage: 'simulate' | 'derive';
  /** What of `done` was there when this session began. */
  readonly found: number;
  readonly tallies: TallyCounts;
}

export type OnProgress = (progress: RunProgress) => void;

/** Turns finished work into cells and tallies, weighted by the cost model: bars shall move evenly. */
export class Progress {
  readonly #cells: number;
  readonly #total: number;
  readonly #onProgress: OnProgress;
  readonly #parallelism: number;
  readonly #tallies = { total: 0, found: 0, done: 0, failed: 0 };
  /** Tallies of the tasks under way, in the order of their submission. */
  readonly #underWay = new Map<symbol, number>();
  #done = 0;
  #found = 0;

  /** @param estimates whether rows are derived from the tallies */
  constructor(plan: Plan, groups: readonly Group[], parallelism: number, estimates: boolean, onProgress: OnProgress) {
    const blocks = (range: Range) => range[1] - range[0];
    const experiment = experimentOf(plan);
    let total = 0;
    for (const group of groups) {
      if (estimates) for (const unit of unitsOf(group)) total += experiment.unitCost(plan, unit, blocks(group.blocks));
      for (const band of experiment.bandsOf(plan, group)) {
        total += blocks(group.blocks) * band.cost;
        this.#tallies.total += blocks(group.blocks) * talliesOf(band);
      }
    }
    this.#cells = experiment.rowCounts(plan)[0];
    this.#total = total;
    this.#parallelism = parallelism;
    this.#onProgress = onProgress;
  }

  /** The first tasks are under way: one may take a minute, and until it ends nobody would hear of the run. */
  begun(): void {
    this.#add(0, 'simulate');
  }

  /** Blocks that were known. */
  found(cost: number, tallies: number): void {
    this.#found += cost;
    this.#tallies.found += tallies;
    this.#tallies.done += tallies;
    this.#add(cost, 'simulate');
  }

  /** A task that was submitted; the answer is to be called when it ended, with the number of its tallies that failed. */
  begin(cost: number, tallies: number): (failed: number) => void {
    const task = Symbol();
    this.#underWay.set(task, tallies);
    return (failed) => {
      this.#underWay.delete(task);
      this.#tallies.done += tallies - failed;
      this.#tallies.failed += failed;
      this.#add(cost, 'simulate');
    };
  }

  derived(cost: number): void {
    this.#add(cost, 'derive');
  }

  #add(cost: number, stage: RunProgress['stage']): void {
    this.#done += cost;
    // Sums of costs in another order differ in their last digits, and the last cell must not stay undone for that.
    const cells = (work: number) =>
      this.#total === 0 ? 0 : Math.min(this.#cells, (work / this.#total) * (1 + 1e-9) * this.#cells);
    this.#onProgress({
      done: cells(this.#done),
      total: this.#cells,
      stage,
      found: cells(this.#found),
      tallies: { ...this.#tallies, running: this.#running() },
    });
  }

  /** An executor takes tasks in turn: the first ones are those that it works on. */
  #running(): number {
    let [tasks, tallies] = [0, 0];
    for (const count of this.#underWay.values()) {
      if (tasks++ === this.#parallelism) break;
      tallies += count;
    }
    return tallies;
  }
}
