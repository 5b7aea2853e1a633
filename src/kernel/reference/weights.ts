import { Batch } from './batch.ts';

const f = Math.fround;

/** A square matrix as a layer uses it. */
export interface Weights {
  /** W·a. */
  forward(a: Batch): Batch;
  /** Wᵀ·e. */
  backward(e: Batch): Batch;
}

/** Weights drawn one by one: unit u's for index i at row i, column u. Sums run in index order. */
export class DenseWeights implements Weights {
  readonly #draws: Batch;

  constructor(draws: Batch) {
    this.#draws = draws;
  }

  forward(a: Batch): Batch {
    return multiply(a, (unit, index) => this.#draws.get(index, unit));
  }

  backward(e: Batch): Batch {
    return multiply(e, (index, unit) => this.#draws.get(index, unit));
  }
}

function multiply(x: Batch, weight: (to: number, from: number) => number): Batch {
  return new Batch(x.rows, x.columns).map((_, to, column) => {
    let sum = 0;
    for (let from = 0; from < x.rows; from++) sum = f(sum + f(weight(to, from) * x.get(from, column)));
    return sum;
  });
}
