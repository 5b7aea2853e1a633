import type { ColumnText } from './metadata.ts';

/** A column of `tallies.arrow`; none is nullable. */
export interface TallyColumn extends ColumnText {
  readonly name: string;
  readonly type:
    | 'dictionary'
    | 'u32'
    | 'u64'
    | 'f64'
    | 'f32'
    | 'list<float64>'
    | 'list<int16>'
    | 'list<uint32>'
    | 'list<int64>'
    | 'list<uint64>';
}

const Z_POWER = 'summed over the draws, at unit weight scale';

/** The columns of `tallies.arrow`, in order: one row an (ensemble, fan-in, block). */
export const TALLY_COLUMNS = [
  { name: 'weight_shape', type: 'dictionary', description: 'Shape of the weights at unit scale' },
  { name: 'input', type: 'dictionary', description: 'Distribution of the inputs x' },
  { name: 'fan_in', type: 'u32', description: 'Inputs of the neuron', unit: 'inputs' },
  { name: 'block', type: 'u32', description: 'Block of independent layers, from 0' },
  { name: 'count', type: 'u64', description: 'Pre-activations in the tally', unit: 'count' },
  { name: 'sum1', type: 'f64', description: `z ${Z_POWER}`, unit: 'units of z', formula: 'Σ z, z = Σ w_i x_i' },
  { name: 'sum2', type: 'f64', description: `z² ${Z_POWER}`, unit: '(units of z)²', formula: 'Σ z²' },
  { name: 'sum3', type: 'f64', description: `z³ ${Z_POWER}`, unit: '(units of z)³', formula: 'Σ z³' },
  { name: 'sum4', type: 'f64', description: `z⁴ ${Z_POWER}`, unit: '(units of z)⁴', formula: 'Σ z⁴' },
  { name: 'min', type: 'f32', description: 'Smallest pre-activation', unit: 'units of z', formula: 'min z' },
  { name: 'max', type: 'f32', description: 'Largest pre-activation', unit: 'units of z', formula: 'max z' },
  {
    name: 'bin',
    type: 'list<int16>',
    description: 'Occupied bins, ascending: 16 an octave, keyed by the bits of the value as an IEEE 754 single',
    formula: 'b = a >>> 19 for z ≥ 0, −1 − (a >>> 19) for z < 0, a = low 31 bits of z',
  },
  { name: 'bin_count', type: 'list<uint32>', description: 'Pre-activations in each bin', unit: 'count' },
  {
    name: 'bin_sum',
    type: 'list<int64>',
    description: "Sum of the offsets from each bin's middle",
    unit: 'units in the last place',
    formula: 'Σ r, r = (a & 0x7ffff) − 2¹⁸',
  },
  {
    name: 'bin_square',
    type: 'list<uint64>',
    description: "Sum of the squared offsets from each bin's middle",
    unit: '(units in the last place)²',
    formula: 'Σ r²',
  },
] as const satisfies readonly TallyColumn[];
