import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, onTestFinished } from 'vitest';
import { ESTIMATE_COLUMNS } from '../../src/stats/columns.ts';
import type { Tally } from '../../src/stats/tally.ts';
import { EstimateWriter } from '../../src/tables/estimate-writer.ts';
import type { TableFacts } from '../../src/tables/table-file.ts';
import type { TallyId } from '../../src/tables/tally-batch.ts';
import { TallyWriter } from '../../src/tables/tally-writer.ts';

/** Labels with characters that readers trip over: outside ASCII and outside the basic plane, comma, quote. */
export const LABELS = {
  initializer: ['he_normal', 'uniform(bound=1)', 'σ²=1, "raw" 🎲'],
  input: ['normal', 'bernoulli(p=0.1, raw)'],
  activation: ['logistic', 'tanh'],
} as const;

export const TALLY_LABELS = { shape: ['normal', 'uniform'], input: ['normal', 'ar1(phi=0.5)', 'ß'] } as const;

export const METADATA = { run: 'probe', seed: 'seed-1', plan: 'abc123', kernel: '1' } as const;

/** Above 2⁵³: not every whole number is a double there, but this one is. */
export const HUGE_COUNT = 2 ** 60 + 2 ** 10;

/** A folder that goes away with the test. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'initsweep-tables-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** A folder that goes away with the tests of the file. */
export function lastingFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 'initsweep-tables-'));
  afterAll(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** The value of one cell of the probe table: every nullable column has nulls in a pattern of its own. */
export function probeValue(column: number, row: number): number {
  const { type, nullable, values, name } = ESTIMATE_COLUMNS[column] as (typeof ESTIMATE_COLUMNS)[number];
  if (nullable && (row + column) % 5 === 0) return Number.NaN;
  switch (type) {
    case 'f64':
      return (row - 3) / (column + 1);
    case 'u32':
      return row === 1 ? 2 ** 32 - 1 : row;
    case 'u64':
      return row === 2 ? HUGE_COUNT : row;
    case 'dictionary': {
      const words = values ?? LABELS[name as keyof typeof LABELS];
      return (row + column) % words.length;
    }
  }
}

/** Rows `from…from + rows` of the probe table, column-major. */
export function probeRows(from: number, rows: number): Float64Array {
  const values = new Float64Array(rows * ESTIMATE_COLUMNS.length);
  ESTIMATE_COLUMNS.forEach((_, c) => {
    for (let i = 0; i < rows; i++) values[c * rows + i] = probeValue(c, from + i);
  });
  return values;
}

/** Writes `rows` rows of the probe table, handed over in chunks of `chunk`. */
export function writeProbe(path: string, rows: number, chunk = rows): TableFacts {
  const writer = new EstimateWriter(path, LABELS, METADATA);
  for (let from = 0; from < rows; from += chunk) {
    const count = Math.min(chunk, rows - from);
    writer.append(probeRows(from, count), count);
  }
  return writer.close();
}

export function probeId(row: number): TallyId {
  return { shape: row % 2, input: row % 3, fanIn: 2 ** (row % 13), block: row };
}

/** A tally whose numbers reach the ends of their types; every seventh has no bins. */
export function probeTally(row: number): Tally {
  const atoms = row % 7 === 0 ? 0 : 1 + (row % 50);
  const index = Array.from({ length: atoms }, (_, i) => i);
  return {
    count: row === 1 ? HUGE_COUNT : row,
    bins: Int16Array.from(index, (i) => i * 40 - 1000),
    counts: Uint32Array.from(index, (i) => 2 ** 32 - 1 - i),
    sums: BigInt64Array.from(index, (i) => -(2n ** 63n) + BigInt(i + row)),
    squares: BigUint64Array.from(index, (i) => 2n ** 64n - 1n - BigInt(i)),
    min: -1.5 * row,
    max: 0.25 * row,
    powers: Float64Array.of(row, row / 3, -row / 7, row * 1e300),
  };
}

export function probeCentre(row: number): number {
  return row / 9;
}

export function writeTallies(path: string, rows: number): TableFacts {
  const writer = new TallyWriter(path, TALLY_LABELS, METADATA);
  for (let row = 0; row < rows; row++) writer.append(probeId(row), probeTally(row), probeCentre(row));
  return writer.close();
}

export function sha256(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
