import { Matrix, SVD } from 'ml-matrix';

/** Singular values of a square matrix. */
export interface Spectrum {
  readonly largest: number;
  /** Null where it lies below rounding. */
  readonly median: number | null;
  readonly smallest: number | null;
  /** Σσ²/n = ‖J‖²/n. */
  readonly meanSquare: number;
}

/** Of what is no matrix. */
export const NO_SPECTRUM: Spectrum = {
  largest: Number.NaN,
  median: Number.NaN,
  smallest: Number.NaN,
  meanSquare: Number.NaN,
};

const WITHOUT_VECTORS = { computeLeftSingularVectors: false, computeRightSingularVectors: false } as const;

/**
 * Singular values of a product of `factors` matrices of single precision. Rounding moves them by about √n·2⁻²⁴ of the largest
 * for every factor; smaller ones are not known. (Of a zero matrix all are.)
 *
 * @param values row-major, `width` × `width`
 */
export function jacobianSpectrum(values: Float64Array, width: number, factors: number): Spectrum {
  if (!values.every(Number.isFinite)) return NO_SPECTRUM;
  let squares = 0;
  for (const value of values) squares += value * value;
  const matrix = Matrix.from1DArray(width, width, values);
  // The library uses + − × ÷ √ only: the same bits on every engine.
  const singular = new SVD(matrix, WITHOUT_VECTORS).diagonal.toSorted((a, b) => b - a);
  const largest = singular[0] as number;
  const floor = factors * Math.sqrt(width) * 2 ** -24 * largest;
  const known = (value: number): number | null => (value >= floor ? value : null);
  const middle = 0.5 * ((singular[(width - 1) >> 1] as number) + (singular[width >> 1] as number));
  return {
    largest,
    median: known(middle),
    smallest: known(singular[width - 1] as number),
    meanSquare: squares / width,
  };
}
