import { NOTES, THEORY_KINDS } from '../stats/statistics.ts';
import type { SweepPlan } from '../sweep/plan.ts';
import type { EstimateTable } from '../tables/estimate-reader.ts';
import { CELL_STATISTICS, type CellEstimate, type CellStatistic } from './cell-tests.ts';
import { ensembleLabel } from './ensemble-parts.ts';

/** Estimated error of the `gaussian` theory of a statistic in a row of the table; null when unknown. */
export type LimitError = (row: number, statistic: CellStatistic) => number | null;

/** The testable numbers of `estimates.arrow`, one statistic after the other: a few columns in memory at a time. */
export function* cellEstimates(
  plan: SweepPlan,
  table: Pick<EstimateTable, 'rows' | 'numbers'>,
  limitError: LimitError,
): Generator<CellEstimate> {
  const [initializers, inputs, activations] = [
    table.numbers('initializer'),
    table.numbers('input'),
    table.numbers('activation'),
  ];
  const [fanIns, betas, blocks] = [table.numbers('fan_in'), table.numbers('beta'), table.numbers('blocks')];
  for (const statistic of CELL_STATISTICS) {
    const values = table.numbers(statistic);
    const errors = table.numbers(`${statistic}_mcse`);
    const theories = table.numbers(`${statistic}_theory`);
    const kinds = table.numbers(`${statistic}_theory_kind`);
    const zscores = table.numbers(`${statistic}_zscore`);
    const notes = table.numbers(`${statistic}_note`);
    for (let row = 0; row < table.rows; row++) {
      const kind = THEORY_KINDS[kinds[row] as number];
      const mcse = errors[row] as number;
      const initializer = plan.initializers[initializers[row] as number];
      const input = plan.inputs[inputs[row] as number];
      // What is unreliable is not tested, against a limit either.
      if (NOTES[notes[row] as number] === 'unreliable') continue;
      if (kind === undefined || Number.isNaN(mcse) || initializer === undefined || input === undefined) continue;
      const zscore = zscores[row] as number;
      yield {
        ensemble: ensembleLabel(initializer.shape, input),
        fanIn: fanIns[row] as number,
        initializer: initializer.label,
        activation: plan.activations[activations[row] as number]?.label ?? '',
        beta: betas[row] as number,
        statistic,
        value: values[row] as number,
        theory: theories[row] as number,
        kind,
        mcse,
        zscore: Number.isNaN(zscore) ? null : zscore,
        blocks: blocks[row] as number,
        correction: kind === 'gaussian' ? limitError(row, statistic) : null,
      };
    }
  }
}
