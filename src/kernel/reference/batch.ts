import { double, words } from '../../numeric/words.ts';

const f = Math.fround;

/** A matrix of singles, `rows` × `columns`; sums as assembly/column-sums.ts orders them: down each column, then over the columns. */
export class Batch {
  readonly rows: number;
  readonly columns: number;
  readonly #values: Float32Array;

  constructor(rows: number, columns: number) {
    this.rows = rows;
    this.columns = columns;
    this.#values = new Float32Array(rows * columns);
  }

  static unit(width: number): Batch {
    const batch = new Batch(width, width);
    for (let i = 0; i < width; i++) batch.set(i, i, 1);
    return batch;
  }

  get(row: number, column: number): number {
    return this.#values[row * this.columns + column] as number;
  }

  set(row: number, column: number, value: number): void {
    this.#values[row * this.columns + column] = value;
  }

  row(row: number): Float32Array {
    return this.#values.slice(row * this.columns, (row + 1) * this.columns);
  }

  map(value: (value: number, row: number, column: number) => number): Batch {
    const out = new Batch(this.rows, this.columns);
    for (let row = 0; row < this.rows; row++)
      for (let column = 0; column < this.columns; column++)
        out.set(row, column, value(this.get(row, column), row, column));
    return out;
  }

  /** Odd columns become c·(the one before) + √(1 − c²)·(their own). */
  correlated(c: number): Batch {
    const [common, own] = [f(c), f(Math.sqrt(1 - c * c))];
    return this.map((value, row, column) =>
      column % 2 === 0 ? value : f(f(common * this.get(row, column - 1)) + f(own * value)),
    );
  }

  plusRows(bias: Float32Array | null): Batch {
    return bias === null ? this : this.map((value, row) => f(value + (bias[row] as number)));
  }

  columnSquares(): Float64Array {
    return this.#down((row, column) => this.get(row, column) * this.get(row, column));
  }

  /** Σx and Σx² of all values. */
  moments(): readonly [number, number] {
    return [total(this.#down((row, column) => this.get(row, column))), total(this.columnSquares())];
  }

  /** Σ of the products of columns 2k and 2k + 1. */
  pairProducts(): number {
    return total(
      this.#down((row, column) => this.get(row, column) * this.get(row, column + 1)).filter(
        (_, column) => column % 2 === 0,
      ),
    );
  }

  countBelow(threshold: number): number {
    return this.#values.reduce((count, value) => count + (Math.abs(value) < threshold ? 1 : 0), 0);
  }

  toMatrix(): Float64Array {
    return Float64Array.from(this.#values);
  }

  #down(term: (row: number, column: number) => number): Float64Array {
    const sums = new Float64Array(this.columns);
    for (let row = 0; row < this.rows; row++)
      for (let column = 0; column < this.columns; column++) sums[column] = (sums[column] as number) + term(row, column);
    return sums;
  }
}

function total(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

const LARGEST_STEP = 100;

/** ⌊½·⌊log₂ mean⌋⌋, within ±100; 0 of 0. */
export function halfExponent(mean: number): number {
  if (mean === 0) return 0;
  double[0] = mean;
  const exponent = (((words[1] as number) >>> 20) & 0x7ff) - 1023;
  return Math.max(-LARGEST_STEP, Math.min(LARGEST_STEP, exponent >> 1));
}
