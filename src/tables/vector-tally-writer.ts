import { RunError } from '../errors.ts';
import { type Data, type DataType, Field, Float64, makeData, Schema, Uint32 } from './arrow.ts';
import { BatchedTable } from './batched-table.ts';
import { type LabelDictionary, labelDictionary } from './label-dictionary.ts';
import { ListBuffer } from './list-buffer.ts';
import { columnMetadata, metadataMap, type TableMetadata } from './metadata.ts';
import { TableWriter } from './table-writer.ts';
import type { TallyId, TallyLabels } from './tally-batch.ts';
import type { TallyColumn } from './tally-columns.ts';

/** The columns of `tallies.arrow` where a tally is a list of numbers: experiments on depth and training. */
export const VECTOR_TALLY_COLUMNS = [
  { name: 'series', type: 'dictionary', description: 'What was simulated: a network, or an arm' },
  { name: 'input', type: 'dictionary', description: 'Distribution of the inputs x, or the data' },
  { name: 'fan_in', type: 'u32', description: 'Width of the network, or number of features', unit: 'inputs' },
  { name: 'block', type: 'u32', description: 'Block of independent replicates, from 0' },
  {
    name: 'values',
    type: 'list<float64>',
    description: 'Sums over the replicates of the block, in the order in which the experiment records them',
  },
] as const satisfies readonly TallyColumn[];

/** Rows of a batch: fixed, so the bytes don't depend on how rows arrive. */
const BATCH_ROWS = 64;

/** Writes `tallies.arrow` of tallies that are lists of numbers, like `TallyWriter`: whole or not at all, with one batch in memory. */
export class VectorTallyWriter extends BatchedTable {
  readonly #batch: VectorBatch;

  /** @throws RunError when the file can't be made, or labels repeat or exceed 32767 */
  constructor(path: string, labels: TallyLabels, metadata: TableMetadata) {
    const batch = new VectorBatch(labels, BATCH_ROWS);
    super(new TableWriter(path, batch.schema(metadata)));
    this.#batch = batch;
  }

  /** Adds a copy of one tally. @throws RunError on a failing disk */
  append(id: TallyId, values: Float64Array): void {
    this.table.guard(() => {
      this.#batch.push(id, values);
      if (this.#batch.rows === BATCH_ROWS) this.#flush();
    });
  }

  protected override finish(): void {
    if (this.#batch.rows > 0 || !this.table.begun) this.#flush();
  }

  #flush(): void {
    this.table.writeBatch(this.#batch.data(), this.#batch.rows);
    this.#batch.clear();
  }
}

/** One batch, reused again and again. */
class VectorBatch {
  readonly #ids: readonly [Int16Array, Int16Array, Uint32Array, Uint32Array];
  readonly #values: ListBuffer<Float64Array>;
  readonly #dictionaries: readonly [LabelDictionary, LabelDictionary];
  rows = 0;

  constructor(labels: TallyLabels, rows: number) {
    this.#dictionaries = [
      labelDictionary('series', labels.shape, 0, false),
      labelDictionary('input', labels.input, 1, false),
    ];
    this.#ids = [new Int16Array(rows), new Int16Array(rows), new Uint32Array(rows), new Uint32Array(rows)];
    this.#values = new ListBuffer(new Float64(), new Float64Array(), rows);
  }

  push({ shape, input, fanIn, block }: TallyId, values: Float64Array): void {
    const row = this.rows++;
    [shape, input, fanIn, block].forEach((id, column) => {
      const ids = this.#ids[column] as Int16Array | Uint32Array;
      ids[row] = id;
      if (ids[row] !== id) throw new RunError({ where: 'tallies.arrow', received: `${id}`, allowed: 'a whole number' });
    });
    this.#values.push(values);
  }

  clear(): void {
    this.rows = 0;
    this.#values.clear();
  }

  data(): Data[] {
    const types: readonly DataType[] = [...this.#dictionaries.map(({ type }) => type), new Uint32(), new Uint32()];
    const flat = this.#ids.map((ids, column) => {
      const dictionary = this.#dictionaries[column];
      return makeData({
        type: types[column],
        length: this.rows,
        nullCount: 0,
        data: ids.subarray(0, this.rows),
        ...(dictionary && { dictionary: dictionary.vector }),
      } as never);
    });
    return [...flat, this.#values.data()];
  }

  schema(metadata: TableMetadata): Schema {
    const types = this.data().map((data) => data.type);
    const fields = VECTOR_TALLY_COLUMNS.map(
      (column, i) => new Field(column.name, types[i] as DataType, false, columnMetadata(column)),
    );
    return new Schema(fields, metadataMap(metadata));
  }
}

/** The schema of every such file, but for its labels and the facts of its run. */
export const vectorTallySchema = (): Schema => new VectorBatch({ shape: [], input: [] }, 0).schema({});
