import type { Tally } from '../stats/tally.ts';
import {
  type Data,
  type DataType,
  Field,
  Float32,
  Float64,
  Int16,
  Int64,
  makeData,
  Schema,
  Uint32,
  Uint64,
} from './arrow.ts';
import { type LabelDictionary, labelDictionary } from './label-dictionary.ts';
import { ListBuffer } from './list-buffer.ts';
import { columnMetadata, metadataMap, type TableMetadata } from './metadata.ts';
import { TALLY_COLUMNS } from './tally-columns.ts';

/** Which tally: indices into the labels of shapes and inputs, the fan-in, and the block. */
export interface TallyId {
  readonly shape: number;
  readonly input: number;
  readonly fanIn: number;
  readonly block: number;
}

/** A row of `tallies.arrow`. */
export interface TallyRow extends TallyId {
  /** What was subtracted from z before it was tallied. */
  readonly centre: number;
  readonly tally: Tally;
}

/** The labels of the ensembles, in the order of their indices. */
export interface TallyLabels {
  readonly shape: readonly string[];
  readonly input: readonly string[];
}

type Scalars = Int16Array | Uint32Array | BigUint64Array | Float64Array | Float32Array;

/** The columns of one batch of `tallies.arrow`, reused batch after batch. Rows are checked by the writer. */
export class TallyBatch {
  readonly #shape: Int16Array;
  readonly #input: Int16Array;
  readonly #fanIn: Uint32Array;
  readonly #block: Uint32Array;
  readonly #count: BigUint64Array;
  readonly #centre: Float64Array;
  readonly #powers: readonly Float64Array[];
  readonly #min: Float32Array;
  readonly #max: Float32Array;
  readonly #bins: ListBuffer<Int16Array>;
  readonly #counts: ListBuffer<Uint32Array>;
  readonly #sums: ListBuffer<BigInt64Array>;
  readonly #squares: ListBuffer<BigUint64Array>;
  readonly #dictionaries: readonly [LabelDictionary, LabelDictionary];
  #rows = 0;

  constructor(labels: TallyLabels, rows: number) {
    this.#dictionaries = [
      labelDictionary('weight_shape', labels.shape, 0, false),
      labelDictionary('input', labels.input, 1, false),
    ];
    this.#shape = new Int16Array(rows);
    this.#input = new Int16Array(rows);
    this.#fanIn = new Uint32Array(rows);
    this.#block = new Uint32Array(rows);
    this.#count = new BigUint64Array(rows);
    this.#centre = new Float64Array(rows);
    this.#powers = [0, 1, 2, 3].map(() => new Float64Array(rows));
    this.#min = new Float32Array(rows);
    this.#max = new Float32Array(rows);
    this.#bins = new ListBuffer(new Int16(), new Int16Array(), rows);
    this.#counts = new ListBuffer(new Uint32(), new Uint32Array(), rows);
    this.#sums = new ListBuffer(new Int64(), new BigInt64Array(), rows);
    this.#squares = new ListBuffer(new Uint64(), new BigUint64Array(), rows);
  }

  get rows(): number {
    return this.#rows;
  }

  push(id: TallyId, tally: Tally, centre: number): void {
    const row = this.#rows++;
    this.#shape[row] = id.shape;
    this.#input[row] = id.input;
    this.#fanIn[row] = id.fanIn;
    this.#block[row] = id.block;
    this.#count[row] = BigInt(tally.count);
    this.#centre[row] = centre;
    this.#powers.forEach((column, k) => {
      column[row] = tally.powers[k] as number;
    });
    this.#min[row] = tally.min;
    this.#max[row] = tally.max;
    this.#bins.push(tally.bins);
    this.#counts.push(tally.counts);
    this.#sums.push(tally.sums);
    this.#squares.push(tally.squares);
  }

  clear(): void {
    this.#rows = 0;
    for (const list of [this.#bins, this.#counts, this.#sums, this.#squares]) list.clear();
  }

  /** In the order of {@link TALLY_COLUMNS}; valid until the next `push` or `clear`. */
  data(): Data[] {
    const [shape, input] = this.#dictionaries;
    const scalar = (type: DataType, values: Scalars, dictionary?: LabelDictionary): Data =>
      makeData({
        type,
        length: this.#rows,
        nullCount: 0,
        data: values.subarray(0, this.#rows),
        ...(dictionary && { dictionary: dictionary.vector }),
      } as never);
    return [
      scalar(shape.type, this.#shape, shape),
      scalar(input.type, this.#input, input),
      scalar(new Uint32(), this.#fanIn),
      scalar(new Uint32(), this.#block),
      scalar(new Uint64(), this.#count),
      scalar(new Float64(), this.#centre),
      ...this.#powers.map((column) => scalar(new Float64(), column)),
      scalar(new Float32(), this.#min),
      scalar(new Float32(), this.#max),
      this.#bins.data(),
      this.#counts.data(),
      this.#sums.data(),
      this.#squares.data(),
    ];
  }

  schema(metadata: TableMetadata): Schema {
    const types = this.data().map((data) => data.type);
    const fields = TALLY_COLUMNS.map(
      (column, i) => new Field(column.name, types[i] as DataType, false, columnMetadata(column)),
    );
    return new Schema(fields, metadataMap(metadata));
  }
}
