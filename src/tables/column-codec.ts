import { Float64, Uint32, Uint64 } from './arrow.ts';
import type { ColumnCodec } from './column-buffer.ts';
import type { LabelDictionary } from './label-dictionary.ts';

const WORD = 2 ** 32;

/** Doubles as they are. */
export function float64Codec(name: string, nullable: boolean, rows: number): ColumnCodec {
  const values = new Float64Array(rows);
  return {
    name,
    nullable,
    values,
    type: new Float64(),
    allowed: nullable ? 'a number or null' : 'a number',
    store(source, from, count, at) {
      values.set(source.subarray(from, from + count), at);
      // A null's slot holds 0, so that no payload of a NaN gets into the bytes.
      for (let row = at; row < at + count; row++) if (Number.isNaN(values[row])) values[row] = 0;
      return -1;
    },
  };
}

/** Whole numbers below 2³². */
export function uint32Codec(name: string, nullable: boolean, rows: number): ColumnCodec {
  const values = new Uint32Array(rows);
  return {
    name,
    nullable,
    values,
    type: new Uint32(),
    allowed: 'a whole number from 0 to 2³² − 1',
    store: integers(values, WORD),
  };
}

/** Whole numbers below 2⁶⁴, exact as far as the double that brings them. */
export function uint64Codec(name: string, nullable: boolean, rows: number): ColumnCodec {
  const values = new BigUint64Array(rows);
  // Two halves at a time: no BigInt for each value. Arrow files and all hosts of Node are little-endian.
  const halves = new Uint32Array(values.buffer);
  return {
    name,
    nullable,
    values,
    type: new Uint64(),
    allowed: 'a whole number from 0 to 2⁶⁴ − 1',
    store(source, from, count, at) {
      for (let i = 0; i < count; i++) {
        const value = source[from + i] as number;
        const whole = Number.isNaN(value) ? 0 : value;
        if (!(whole >= 0 && whole < WORD * WORD && Number.isInteger(whole))) return i;
        halves[2 * (at + i)] = whole % WORD;
        halves[2 * (at + i) + 1] = Math.floor(whole / WORD);
      }
      return -1;
    },
  };
}

/** Indices into the labels of `dictionary`. */
export function dictionaryCodec(
  name: string,
  nullable: boolean,
  rows: number,
  dictionary: LabelDictionary,
): ColumnCodec {
  const values = dictionary.closed ? new Int8Array(rows) : new Int16Array(rows);
  return {
    name,
    nullable,
    values,
    type: dictionary.type,
    allowed: `an index below ${dictionary.size}, the number of labels`,
    store: integers(values, dictionary.size),
    extra: { dictionary: dictionary.vector },
  };
}

function integers(values: Uint32Array | Int16Array | Int8Array, below: number): ColumnCodec['store'] {
  return (source, from, count, at) => {
    for (let i = 0; i < count; i++) {
      const value = source[from + i] as number;
      if (Number.isNaN(value)) values[at + i] = 0;
      else if (value >= 0 && value < below && Number.isInteger(value)) values[at + i] = value;
      else return i;
    }
    return -1;
  };
}
