import { createHash } from 'node:crypto';
import { endianness } from 'node:os';
import type { ExampleFacts } from '../../model/training-spec.ts';
import { type DataAccess, readFailure, readTable } from './dataset.ts';
import { chooseColumns, DataError, type NumericTable } from './numeric-table.ts';
import { standardizeValues } from './standardize.ts';

export interface ExampleRequest {
  readonly file: string;
  readonly target: string;
  readonly labels: 'classes' | 'values';
}

export interface ExampleData {
  readonly facts: ExampleFacts;
  /** rows × (inputs, target), row-major; inputs standardised column by column. */
  readonly values: Float32Array;
}

const MOST_CLASSES = 1000;

/** Reads a file of examples. @throws {@link DataError}, with the file's name in front, whatever is wrong */
export async function loadExamples(request: ExampleRequest, access: DataAccess): Promise<ExampleData> {
  try {
    return arrange(request, await readTable(request.file, { kind: 'all' }, access));
  } catch (error) {
    const parts = error instanceof DataError ? error.parts : { remedy: readFailure(error) };
    throw new DataError({ ...parts, where: [request.file, parts.where].filter(Boolean).join(' ') });
  }
}

function arrange({ target, labels }: ExampleRequest, { names, rows, values }: NumericTable): ExampleData {
  const [column = 0] = chooseColumns(names, { kind: 'one', column: target });
  const inputs = names.flatMap((_, i) => (i === column ? [] : [i]));
  if (inputs.length === 0) throw new DataError({ received: 'the target alone', allowed: 'at least one column more' });
  const columnOf = (i: number) => Float64Array.from({ length: rows }, (_, r) => values[r * names.length + i] as number);
  const own = inputs.map((i) => {
    const standardized = standardizeValues(columnOf(i));
    if (standardized !== null) return standardized.values;
    throw new DataError({
      where: `column ${JSON.stringify(names[i])}`,
      received: `${rows} equal values`,
      allowed: 'at least two different values, to standardise them',
      remedy: 'remove the column',
    });
  });
  const targets = columnOf(column);
  const classes = labels === 'classes' ? countClasses(target, targets) : 0;
  const width = inputs.length + 1;
  const arranged = new Float64Array(rows * width);
  for (let r = 0; r < rows; r++) {
    own.forEach((entries, k) => {
      arranged[r * width + k] = entries[r] as number;
    });
    arranged[r * width + inputs.length] = targets[r] as number;
  }
  return {
    facts: { digest: digest(arranged), rows, inputs: inputs.length, classes },
    values: Float32Array.from(arranged),
  };
}

/** @throws DataError unless the classes are 0, 1, …, each at least once */
function countClasses(target: string, targets: Float64Array): number {
  const seen = new Set(targets);
  for (const label of seen)
    if (!(Number.isInteger(label) && label >= 0 && label < MOST_CLASSES))
      throw new DataError({
        where: `column ${JSON.stringify(target)}`,
        received: String(label),
        allowed: 'classes 0, 1, 2, …',
        remedy: 'number the classes, or use labels: values',
      });
  const classes = [...seen].reduce((most, label) => Math.max(most, label + 1), 0);
  if (classes >= 2 && seen.size === classes) return classes;
  throw new DataError({
    where: `column ${JSON.stringify(target)}`,
    received: `${seen.size} of the classes 0 … ${classes - 1}`,
    allowed: 'at least two classes, numbered from 0 without gaps, with examples of each',
    remedy: 'number the classes from 0, or use labels: values',
  });
}

function digest(values: Float64Array): string {
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  return createHash('sha256')
    .update(endianness() === 'LE' ? bytes : Buffer.from(bytes).swap64())
    .digest('hex');
}
