import type { Group, TallyPosition } from '../sweep/groups.ts';
import type { TallyEntry } from '../sweep/tally-entry.ts';

/**
 * Tallies that need not be simulated: from a journal, or from the table of another run. Resuming, extending, merging and deriving are
 * all runs that know some.
 */
export interface KnownTallies {
  /**
   * Hands over what is known of a group, in any order, one perhaps twice. Groups are asked for in row order.
   *
   * @param publish copies the record (`src/stats/record.ts`), which starts at a multiple of 8; ignores positions that the group has
   *   not, and records that are no tally of a block
   */
  load(group: Group, publish: (position: TallyPosition, record: Uint8Array) => void): Promise<void>;
  close(): void;
}

/** Where finished tallies are kept safe while a run goes on. */
export interface TallyLog {
  /** Notes tallies; their bytes must stay as they are until `flush` resolves. */
  add(tallies: readonly TallyEntry[]): void;
  /** Resolves when everything noted so far is on the disk. */
  flush(): Promise<void>;
}
