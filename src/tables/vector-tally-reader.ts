import { compareSchemas } from './arrow.ts';
import { ArrowFile, ascending, type BatchLayout } from './arrow-file.ts';
import { damagedTable } from './disk-error.ts';
import type { TallyId } from './tally-batch.ts';
import { headerOf, type TallyHeader } from './tally-reader.ts';
import { vectorTallySchema } from './vector-tally-writer.ts';

/** @throws RunDirectoryError when the file is missing, damaged or has no tallies of this kind */
export function readVectorTallyHeader(path: string): TallyHeader {
  return headerOf(openVectorTallies(path));
}

/**
 * The tallies in file order, one batch in memory at a time; values start at a multiple of 8 and stay valid.
 * @throws RunDirectoryError as {@link readVectorTallyHeader}
 */
export function* readVectorTallies(path: string): Generator<TallyId & { readonly values: Float64Array }> {
  const file = openVectorTallies(path);
  try {
    for (let i = 0; i < file.batches; i++) yield* rowsOf(file, file.batch(i));
  } finally {
    file.close();
  }
}

function openVectorTallies(path: string): ArrowFile {
  const file = new ArrowFile(path);
  if (compareSchemas(file.schema, vectorTallySchema())) return file;
  file.close();
  throw damagedTable(path, `the columns ${file.schema.fields.map(({ name }) => name).join(', ')}`);
}

type View<T> = new (buffer: ArrayBuffer, offset: number, length: number) => T;

function rowsOf(file: ArrowFile, { rows, nodes, buffers, body }: BatchLayout): (TallyId & { values: Float64Array })[] {
  const { buffer } = file.read(body);
  const view = <T>(Type: View<T>, index: number, length: number): T => {
    const region = buffers[index];
    if (region === undefined) throw new RangeError(`no buffer ${index}`);
    return new Type(buffer, region.offset - body.offset, length);
  };
  try {
    // Flat columns have two buffers (validity, values), the list has four (validity, offsets; validity, items).
    const [shape, input] = [view(Int16Array, 1, rows), view(Int16Array, 3, rows)];
    const [fanIn, block] = [view(Uint32Array, 5, rows), view(Uint32Array, 7, rows)];
    const ends = rows === 0 ? new Int32Array(1) : view(Int32Array, 9, rows + 1);
    const items = view(Float64Array, 11, ends[rows] as number);
    const whole = nodes.every(
      ({ length, nullCount }, i) => nullCount === 0 && length === (i === 5 ? ends[rows] : rows),
    );
    if (!whole || !ascending(ends, body.length)) throw new RangeError('lists of other lengths');
    return Array.from({ length: rows }, (_, row) => ({
      shape: shape[row] as number,
      input: input[row] as number,
      fanIn: fanIn[row] as number,
      block: block[row] as number,
      values: items.subarray(ends[row], ends[row + 1]),
    }));
  } catch (error) {
    // A view outside its buffer.
    throw error instanceof RangeError ? damagedTable(file.path, 'a batch that ends early', error) : error;
  }
}
