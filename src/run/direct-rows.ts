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
    const cost = experiment.unitCost(plan, group.blocks[1] - group.blocks[0]);
    for (const { input, fanIn } of unitsOf(group)) {
      await simulation.ready(input, fanIn);
      const tables = this.#rowsOf(plan, { input, fanIn }, talliesIn(plan, group, arena, input, fanIn));
      tables.forEach(({ values, rows }, table) => {
        this.#sink.rows(values, rows, table);
      });
      this.#progress.derived(cost);
    }
  }

  async drain(): Promise<void> {}
}
