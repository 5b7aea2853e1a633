import { DataType } from './arrow.ts';

type Values = ArrayLike<number> | ArrayLike<bigint>;

/** Whether a column is one of numbers, or of indices into labels. */
export function isFlat(type: DataType): boolean {
  const storage: DataType = DataType.isDictionary(type) ? type.indices : type;
  return DataType.isInt(storage) || DataType.isFloat(storage);
}

/** Views bytes as the values of a flat Arrow type (of a dictionary: its indices); null for a type the tables don't have. */
export function flatValues(type: DataType, { buffer }: Uint8Array<ArrayBuffer>): Values | null {
  const storage: DataType = DataType.isDictionary(type) ? type.indices : type;
  switch (String(storage)) {
    case 'Float64':
      return new Float64Array(buffer);
    case 'Int8':
      return new Int8Array(buffer);
    case 'Int16':
      return new Int16Array(buffer);
    case 'Uint32':
      return new Uint32Array(buffer);
    case 'Uint64':
      return new BigUint64Array(buffer);
    default:
      return null;
  }
}

/**
 * Copies the first `rows` values to `out[at…]` as doubles; NaN where the validity bitmap (least significant bit first) has 0.
 * Returns how many those are.
 */
export function copyNumbers(
  values: Values,
  valid: Uint8Array | null,
  rows: number,
  out: Float64Array,
  at: number,
): number {
  if (values instanceof Float64Array) out.set(values.subarray(0, rows), at);
  else for (let i = 0; i < rows; i++) out[at + i] = Number(values[i]);
  if (valid === null) return 0;
  let nulls = 0;
  for (let i = 0; i < rows; i++) {
    if ((((valid[i >> 3] as number) >> (i & 7)) & 1) !== 0) continue;
    out[at + i] = Number.NaN;
    nulls++;
  }
  return nulls;
}
