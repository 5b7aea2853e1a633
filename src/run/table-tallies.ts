import { setImmediate as turn } from 'node:timers/promises';
import { RunDirectoryError } from '../errors.ts';
import { experimentOf } from '../experiment/plan-of.ts';
import type { Group, TallyPosition } from '../sweep/groups.ts';
import type { Plan } from '../sweep/plan.ts';
import type { TallyBytes } from '../tables/tally-bytes.ts';
import type { KnownTallies } from './known-tallies.ts';

/** Tallies between two turns of the event loop, so that signals and progress get through. */
const ROWS_A_TURN = 256;

/** What a {@link TableTallies} takes from a table. */
export interface TableSource {
  /** Plan of the run that the table is from: the same inputs, fan-ins and block size as the new one's. */
  readonly plan: Plan;
  /** Its rows, in file order. */
  readonly rows: Iterator<TallyBytes>;
  /** Names the table in messages. */
  readonly name: string;
  /** What a block of the table is in the new plan, null for none; the same by default. */
  readonly blockOf?: (block: number) => number | null;
}

/** The rows of a `tallies.arrow` as known tallies of another plan: one pass over the file serves all groups. */
export class TableTallies implements KnownTallies {
  /** Where the source's series are among the plan's; −1 for those that nobody keeps. */
  readonly #series: readonly number[];
  readonly #source: TableSource;
  #next: TallyBytes | undefined;
  #row = 0;
  #last = -1;

  constructor(plan: Plan, source: TableSource) {
    this.#source = source;
    const experiment = experimentOf(source.plan);
    this.#series = source.plan.grid.series.map((label, series) =>
      // A tally that needs no simulation need not be known.
      experiment.constantTally(source.plan, series) === null ? plan.grid.series.indexOf(label) : -1,
    );
  }

  async load(group: Group, publish: (position: TallyPosition, record: Uint8Array) => void): Promise<void> {
    const { blockOf = (block: number) => block } = this.#source;
    for (;;) {
      this.#next ??= this.#read();
      if (this.#next === undefined) return;
      const { input, shape, block, bytes } = this.#next;
      const fanIn = this.#source.plan.grid.fanIns.indexOf(this.#next.fanIn);
      // Row order is (input, fan-in): a group is whole inputs, or part of the fan-ins of one.
      if (input >= group.inputs[1] || (input === group.inputs[1] - 1 && fanIn >= group.fanIns[1])) return;
      const [newShape, newBlock] = [this.#series[shape] as number, blockOf(block)];
      if (newShape >= 0 && newBlock !== null) publish({ input, fanIn, shape: newShape, block: newBlock }, bytes);
      this.#next = undefined;
      if (++this.#row % ROWS_A_TURN === 0) await turn();
    }
  }

  close(): void {
    this.#source.rows.return?.();
  }

  /** The next row. @throws RunDirectoryError when it is not one of the plan's, or comes before the last one */
  #read(): TallyBytes | undefined {
    const { plan, rows, name } = this.#source;
    const { done, value } = rows.next();
    if (done) return undefined;
    const { inputs, fanIns, series } = plan.grid;
    const fanIn = fanIns.indexOf(value.fanIn);
    const unit = value.input * fanIns.length + fanIn;
    const place = (unit * series.length + value.shape) * 2 ** 32 + value.block;
    const inside = value.input < inputs.length && fanIn >= 0 && value.shape < series.length;
    if (inside && place > this.#last && experimentOf(plan).isTally(plan, value.shape, value.bytes)) {
      this.#last = place;
      return value;
    }
    throw new RunDirectoryError({
      where: `${name}, row ${this.#row}`,
      received: inside ? 'a tally out of order or of another size' : 'a tally that is not the run’s',
      allowed: 'a table as initsweep writes it',
      remedy: 'run the sweep again with --fresh',
    });
  }
}
