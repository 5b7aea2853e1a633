import type { TallyRow } from '../../src/tables/tally-batch.ts';
import { readTallies, readTallyHeader } from '../../src/tables/tally-reader.ts';
import { TallyWriter } from '../../src/tables/tally-writer.ts';

/** Changes rows of a tallies table in place, or leaves them out (null); everything else of the file stays. */
export function rewriteTallies(path: string, change: (row: TallyRow) => TallyRow | null): void {
  const { labels, metadata } = readTallyHeader(path);
  // All of it, before the file is written over.
  const rows = [...readTallies(path)];
  const writer = new TallyWriter(path, labels, Object.fromEntries(metadata));
  for (const row of rows) {
    const changed = change(row);
    if (changed !== null) writer.append(changed, changed.tally, changed.centre);
  }
  writer.close();
}
