import type { Sampler } from '../random/sampler.ts';
import type { Input } from './inputs.ts';
import type { Shape } from './shapes.ts';

/**
 * Whether z is tallied about E z. Constant weights make z = Σ x_i, whose mean can dwarf its spread: they see x − E x
 * ({@link centredSampler}), and E z is added to what is read from the tally. All other shapes have E z = 0 whatever the inputs.
 */
export function isCentred(shape: Shape, input: Input): boolean {
  return shape.kind === 'constant' && (input.dependence.kind === 'rows' || Number.isFinite(input.moments[1]));
}

/** What weights of this shape are multiplied with: the input, less its mean where z is tallied about its own. */
export function centredSampler(shape: Shape, input: Input): Sampler {
  const { sampler, moments } = input;
  if (!isCentred(shape, input) || moments[1] === 0) return sampler;
  if (sampler.kind !== 'table' && sampler.kind !== 'rows')
    return { ...sampler, shift: sampler.shift - (moments[1] as number) };
  // A mean that is large beside its column's spread would be rounded as a shift.
  const columns = sampler.kind === 'rows' ? (sampler.params[0] as number) : 1;
  return { ...sampler, ...(sampler.table && { table: lessColumnMeans(sampler.table, columns) }) };
}

/** Tables less the means of their columns, by number of columns: a sweep lays its bands out many times. */
const centredTables = new WeakMap<Float32Array, Map<number, Float32Array>>();

function lessColumnMeans(table: Float32Array, columns: number): Float32Array {
  const known = centredTables.get(table) ?? new Map<number, Float32Array>();
  centredTables.set(table, known);
  let centred = known.get(columns);
  if (centred === undefined) {
    const means = columnMeans(table, columns);
    centred = table.map((x, i) => x - (means[i % columns] as number));
    known.set(columns, centred);
  }
  return centred;
}

/** Means of the columns of a row-major table. */
export function columnMeans(table: Float32Array | Float64Array, columns: number): Float64Array {
  const sums = new Float64Array(columns);
  table.forEach((x: number, i: number) => {
    sums[i % columns] = (sums[i % columns] as number) + x;
  });
  return sums.map((sum) => (sum * columns) / table.length);
}
