import { columnIndex } from '../stats/columns.ts';
import { THEORY_KINDS } from '../stats/statistics.ts';
import { CELL_STATISTICS, type CellEstimate } from './cell-tests.ts';

/** Labels of the dictionary columns of `estimates.arrow`. */
export interface CellLabels {
  readonly initializer: readonly string[];
  readonly input: readonly string[];
  readonly activation: readonly string[];
}

/**
 * The testable statistics of the rows of `estimates.arrow`.
 *
 * @param values column-major over `ESTIMATE_COLUMNS`, NaN for null
 * @param ensembleOf label of the ensemble of (initializer index, input index)
 * @param correction estimated error of the `gaussian` theory of a statistic in a row, or null
 */
export function* cellEstimates(
  values: Float64Array,
  rows: number,
  labels: CellLabels,
  ensembleOf: (initializer: number, input: number) => string,
  correction: (row: number, statistic: string) => number | null = () => null,
): Generator<CellEstimate> {
  const reader = (name: string) => {
    const at = columnIndex(name) * rows;
    return (row: number) => values[at + row] as number;
  };
  const [initializer, input, activation] = [reader('initializer'), reader('input'), reader('activation')];
  const [fanIn, beta, blocks] = [reader('fan_in'), reader('beta'), reader('blocks')];
  const columns = CELL_STATISTICS.map((statistic) => ({
    statistic,
    value: reader(statistic),
    mcse: reader(`${statistic}_mcse`),
    theory: reader(`${statistic}_theory`),
    kind: reader(`${statistic}_theory_kind`),
    zscore: reader(`${statistic}_zscore`),
  }));
  for (let row = 0; row < rows; row++)
    for (const column of columns) {
      const kind = THEORY_KINDS[column.kind(row)];
      const mcse = column.mcse(row);
      if (kind === undefined || Number.isNaN(mcse)) continue;
      const score = column.zscore(row);
      yield {
        ensemble: ensembleOf(initializer(row), input(row)),
        fanIn: fanIn(row),
        initializer: labels.initializer[initializer(row)] ?? '',
        activation: labels.activation[activation(row)] ?? '',
        beta: beta(row),
        statistic: column.statistic,
        value: column.value(row),
        theory: column.theory(row),
        kind,
        mcse,
        zscore: Number.isNaN(score) ? null : score,
        blocks: blocks(row),
        correction: kind === 'gaussian' ? correction(row, column.statistic) : null,
      };
    }
}
