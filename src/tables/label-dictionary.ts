import { RunError } from '../errors.ts';
import { Dictionary, Int8, Int16, makeData, Utf8, Vector } from './arrow.ts';

/** int16 indices: readers take signed ones most widely. */
const MOST_LABELS = 2 ** 15 - 1;

/** The labels of one dictionary column, written once and shared by all batches. */
export interface LabelDictionary {
  readonly type: Dictionary<Utf8, Int8 | Int16>;
  readonly vector: Vector<Utf8>;
  readonly size: number;
  /** A fixed vocabulary of a few words: int8 indices; otherwise labels of the sweep, int16. */
  readonly closed: boolean;
}

/**
 * @param id of the dictionary in the file. Given, because apache-arrow's default comes from a global counter and would make the
 * bytes depend on what else the process wrote.
 * @throws RunError on a repeated label or more than 32767
 */
export function labelDictionary(name: string, labels: readonly string[], id: number, closed: boolean): LabelDictionary {
  const most = closed ? 2 ** 7 - 1 : MOST_LABELS;
  if (labels.length > most)
    throw new RunError({
      where: `column ${name}`,
      received: `${labels.length} labels`,
      allowed: `at most ${most}`,
      remedy: 'split the sweep into several',
    });
  const repeated = firstRepeat(labels);
  if (repeated !== undefined)
    throw new RunError({
      where: `column ${name}`,
      received: `the label ${repeated} twice`,
      allowed: 'each label once',
    });
  return {
    type: new Dictionary(new Utf8(), closed ? new Int8() : new Int16(), id, false),
    vector: utf8Vector(labels),
    size: labels.length,
    closed,
  };
}

/** Straight from its two buffers: the builders of apache-arrow are 20 to 100 times slower. */
function utf8Vector(labels: readonly string[]): Vector<Utf8> {
  const encoded = labels.map((label) => Buffer.from(label, 'utf8'));
  const valueOffsets = new Int32Array(labels.length + 1);
  encoded.forEach((bytes, i) => {
    valueOffsets[i + 1] = (valueOffsets[i] as number) + bytes.byteLength;
  });
  return new Vector([
    makeData({ type: new Utf8(), length: labels.length, nullCount: 0, valueOffsets, data: Buffer.concat(encoded) }),
  ]);
}

function firstRepeat(labels: readonly string[]): string | undefined {
  const seen = new Set<string>();
  for (const label of labels) {
    if (seen.has(label)) return label;
    seen.add(label);
  }
  return undefined;
}
