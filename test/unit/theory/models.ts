import { type Input, resolveInput } from '../../../src/model/inputs.ts';
import { SHAPES, type Shape, type ShapeKind } from '../../../src/model/shapes.ts';

export function shape(kind: string): Shape {
  return SHAPES[kind as ShapeKind];
}

/** An input standardised to mean 0 and variance 1. */
export function input(kind: string, params: Record<string, number> = {}): Input {
  return resolveInput({ kind, params, standardize: true, dataset: null });
}

/** An input as it comes. */
export function raw(kind: string, params: Record<string, number> = {}): Input {
  return resolveInput({ kind, params, standardize: false, dataset: null });
}

/** Equally likely whole rows, with facts for their full length only. */
export function rowsInput(rows: readonly (readonly number[])[]): Input {
  const columns = (rows[0] as readonly number[]).length;
  const mean = (f: (row: readonly number[]) => number) => rows.reduce((sum, row) => sum + f(row), 0) / rows.length;
  const sum = (row: readonly number[], power: number) => row.reduce((total, x) => total + x ** power, 0);
  const sumMean = mean((row) => sum(row, 1));
  return resolveInput({
    kind: 'empirical',
    params: {},
    standardize: false,
    dataset: {
      file: 'rows.csv',
      column: null,
      draw: 'rows',
      digest: '',
      rows: rows.length,
      columns,
      location: null,
      spread: null,
      moments: null,
      central: null,
      rowMoments: [
        {
          fanIn: columns,
          norm2: mean((row) => sum(row, 2)),
          norm4: mean((row) => sum(row, 2) ** 2),
          norm8: mean((row) => sum(row, 2) ** 4),
          sumFourth: mean((row) => sum(row, 4)),
          sumCentre: sumMean,
          sumMean,
          sumCentral: Array.from({ length: 9 }, (_, k) => mean((row) => (sum(row, 1) - sumMean) ** k)),
        },
      ],
    },
  });
}
