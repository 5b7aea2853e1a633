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

const POWER = 'summed over the draws';

/** The columns of `tallies.arrow`, in order: one row an (ensemble, fan-in, block). */
export const TALLY_COLUMNS = [
  { name: 'weight_shape', type: 'dictionary', description: 'Shape of the weights at unit scale' },
  { name: 'input', type: 'dictionary', description: 'Distribution of the inputs x' },
  { name: 'fan_in', type: 'u32', description: 'Inputs of the neuron', unit: 'inputs' },
  { name: 'block', type: 'u32', description: 'Block of independent layers, from 0' },
  { name: 'count', type: 'u64', description: 'Pre-activations in the tally', unit: 'count' },
  {
    name: 'centre',
    type: 'f64',
    description:
      'What was subtracted from each pre-activation z, at unit weight scale, to give the y that is tallied: E z under constant weights where inputs have a mean, 0 elsewhere',
    unit: 'units of z',
    formula: 'y = z − centre, z = Σ w_i x_i',
  },
  { name: 'sum1', type: 'f64', description: `y ${POWER}`, unit: 'units of z', formula: 'Σ y = Σ z − count·centre' },
  { name: 'sum2', type: 'f64', description: `y² ${POWER}`, unit: '(units of z)²', formula: 'Σ y²' },
  { name: 'sum3', type: 'f64', description: `y³ ${POWER}`, unit: '(units of z)³', formula: 'Σ y³' },
  { name: 'sum4', type: 'f64', description: `y⁴ ${POWER}`, unit: '(units of z)⁴', formula: 'Σ y⁴' },
  { name: 'min', type: 'f32', description: 'Smallest y', unit: 'units of z', formula: 'min z − centre' },
  { name: 'max', type: 'f32', description: 'Largest y', unit: 'units of z', formula: 'max z − centre' },
  {
    name: 'bin',
    type: 'list<int16>',
    description: 'Occupied bins, ascending: 16 an octave, keyed by the bits of y as an IEEE 754 single',
    formula: 'b = a >>> 19 for y ≥ 0, −1 − (a >>> 19) for y < 0, a = low 31 bits of y',
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
