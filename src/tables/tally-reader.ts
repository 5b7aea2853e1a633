import { compareSchemas } from './arrow.ts';
import { ArrowFile } from './arrow-file.ts';
import { damagedTable } from './disk-error.ts';
import { TallyBatch, type TallyLabels, type TallyRow } from './tally-batch.ts';
import { tallyViews } from './tally-views.ts';

/** The labels behind the ids of a tallies file, its rows, and the facts of its run. */
export interface TallyHeader {
  readonly labels: TallyLabels;
  readonly metadata: ReadonlyMap<string, string>;
  readonly rows: number;
}

/** @throws RunDirectoryError when the file is missing, damaged or no tallies */
export function readTallyHeader(path: string): TallyHeader {
  return headerOf(openTallies(path));
}

/** The header of an open file, whose first two columns are dictionaries; closes it. */
export function headerOf(file: ArrowFile): TallyHeader {
  try {
    const dictionaries = file.dictionaries();
    let rows = 0;
    for (let i = 0; i < file.batches; i++) rows += file.batch(i).rows;
    const labels = { shape: dictionaries.get(0) ?? [], input: dictionaries.get(1) ?? [] };
    return { labels, metadata: file.schema.metadata, rows };
  } finally {
    file.close();
  }
}

/**
 * The tallies in file order, one batch in memory at a time. What is yielded stays valid: its arrays are views of the batch it
 * came in, which nothing overwrites.
 * @throws RunDirectoryError when the file is missing, damaged or no tallies
 */
export function* readTallies(path: string): Generator<TallyRow> {
  const file = openTallies(path);
  try {
    for (let i = 0; i < file.batches; i++) {
      const batch = tallyViews(file, file.batch(i));
      for (let row = 0; row < batch.rows; row++) yield batch.row(row);
    }
  } finally {
    file.close();
  }
}

/** What every tallies file holds, but for its labels and the facts of its run. */
const SCHEMA = new TallyBatch({ shape: [], input: [] }, 0).schema({});

function openTallies(path: string): ArrowFile {
  const file = new ArrowFile(path);
  if (compareSchemas(file.schema, SCHEMA)) return file;
  file.close();
  throw damagedTable(path, `the columns ${file.schema.fields.map(({ name }) => name).join(', ')}`);
}
