import type { Sampler } from '../random/sampler.ts';
import { lessColumnMeans } from './column-means.ts';
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
  if (!isTable(sampler)) return { ...sampler, shift: sampler.shift - (moments[1] as number) };
  // A mean that is large beside its column's spread would be rounded as a shift.
  const columns = sampler.kind === 'rows' ? (sampler.params[0] as number) : 1;
  return { ...sampler, ...(sampler.table && { table: lessColumnMeans(sampler.table, columns) }) };
}

/**
 * How far the mean that is taken off may be from E z, as a share of it: as a shift of the sampler it is a single, tables are centred entry by
 * entry.
 */
export function centringError(shape: Shape, input: Input): number {
  return isCentred(shape, input) && !isTable(input.sampler) ? 2 ** -24 : 0;
}

const isTable = ({ kind }: Sampler): boolean => kind === 'table' || kind === 'rows';
