import { talliesIn } from '../execute/perform.ts';
import type { Experiment } from '../experiment/experiment.ts';
import { experimentOf } from '../experiment/plan-of.ts';
import { unitsOf } from '../sweep/groups.ts';
import type { Plan } from '../sweep/plan.ts';
import type { Progress } from './progress.ts';
import type { RowDeriver, RowSink } from './row-window.ts';
import type { Simulation } from './simulation.ts';

/** Derives rows on this thread, where that takes no time worth a task. */
export class DirectRows implements RowDeriver {
  readonly #plan: Plan;
  readonly #rowsOf: NonNullable<Experiment['rowsOf']>;
  readonly #sink: RowSink;
  readonly #progress: Progress;

  constructor(plan: Plan, rowsOf: NonNullable<Experiment['rowsOf']>, sink: RowSink, progress: Progress) {
    this.#plan = plan;
    this.#rowsOf = rowsOf;
    this.#sink = sink;
    this.#progress = progress;
  }

  async dispatch(simulation: Simulation): Promise<void> {
    const { group, arena } = simulation;
    const plan = this.#plan;
    const experiment = experimentOf(plan);
    const blocks = group.blocks[1] - group.blocks[0];
    for (const unit of unitsOf(group)) {
      const { input, fanIn } = unit;
      await simulation.ready(input, fanIn);
      const tables = this.#rowsOf(plan, unit, talliesIn(plan, group, arena, input, fanIn));
      tables.forEach(({ values, rows }, table) => {
        this.#sink.rows(values, rows, table);
      });
      this.#progress.derived(experiment.unitCost(plan, unit, blocks));
    }
  }

  async drain(): Promise<void> {}
}
