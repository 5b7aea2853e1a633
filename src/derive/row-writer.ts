import { CELL_COLUMNS, columnIndex, ESTIMATE_COLUMNS } from '../stats/columns.ts';
import type { Judgement } from '../stats/guards.ts';
import { NOTES, STATISTICS, type StatisticName, THEORY_KINDS } from '../stats/statistics.ts';
import type { Theory } from './theory.ts';

interface StatisticColumns {
  readonly value: number;
  readonly mcse: number;
  readonly upper: number;
  readonly theory: number;
  readonly kind: number;
  readonly zscore: number;
  readonly note: number;
}

function columnsOf(name: string): StatisticColumns {
  const at = (column: string) => ESTIMATE_COLUMNS.findIndex((c) => c.name === column);
  return {
    value: columnIndex(name),
    mcse: at(`${name}_mcse`),
    upper: at(`${name}_upper`),
    theory: at(`${name}_theory`),
    kind: at(`${name}_theory_kind`),
    zscore: at(`${name}_zscore`),
    note: at(`${name}_note`),
  };
}

const COLUMNS = new Map<StatisticName, StatisticColumns>(STATISTICS.map(({ name }) => [name, columnsOf(name)]));
const AXES = {
  ...CELL_COLUMNS,
  weightStd: columnIndex('weight_std'),
  samples: columnIndex('samples'),
  replicates: columnIndex('replicates'),
  blocks: columnIndex('blocks'),
};

const AXIS_COLUMNS = Object.entries(AXES) as [keyof typeof AXES, number][];

/** The columns of the statistics of z lie side by side. */
const Z_COLUMNS = { from: columnIndex('z_mean'), to: columnIndex('a_mean') };

export type Axes = Readonly<Record<keyof typeof AXES, number>>;

/** Rows of `estimates.arrow` in flight: a column-major matrix over ESTIMATE_COLUMNS, NaN for null. */
export class RowWriter {
  readonly #values: Float64Array;
  readonly #rows: number;

  /** @param values rows × columns doubles; all are set to null first */
  constructor(values: Float64Array, rows: number) {
    this.#values = values.fill(Number.NaN);
    this.#rows = rows;
  }

  axes(row: number, axes: Axes): void {
    for (const [name, column] of AXIS_COLUMNS) this.#put(column, row, axes[name]);
  }

  /** @param upper limit of a share whose events are too rare for an error */
  statistic(
    row: number,
    name: StatisticName,
    value: number | null,
    { mcse, zscore, note }: Judgement,
    theory: Theory | null,
    upper: number | null = null,
  ): void {
    const columns = COLUMNS.get(name) as StatisticColumns;
    this.#put(columns.value, row, value);
    this.#put(columns.mcse, row, mcse);
    this.#put(columns.upper, row, upper);
    this.#put(columns.zscore, row, zscore);
    this.#put(columns.note, row, note === null ? null : NOTES.indexOf(note));
    if (theory !== null) {
      this.#put(columns.theory, row, theory.value);
      this.#put(columns.kind, row, THEORY_KINDS.indexOf(theory.kind));
    }
  }

  /** Gives `to` the statistics of z that `from` has: they depend on the weights alone, not on activation and slope. */
  copyZ(from: number, to: number): void {
    for (let column = Z_COLUMNS.from; column < Z_COLUMNS.to; column++) {
      const at = column * this.#rows;
      this.#values[at + to] = this.#values[at + from] as number;
    }
  }

  #put(column: number, row: number, value: number | null): void {
    if (column >= 0 && value !== null) this.#values[column * this.#rows + row] = value;
  }
}
