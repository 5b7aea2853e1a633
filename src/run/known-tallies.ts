import type { Group } from '../sweep/groups.ts';

/** Which tally: positions on the plan's axes, and the block. */
export interface TallyPosition {
  readonly input: number;
  readonly fanIn: number;
  readonly shape: number;
  readonly block: number;
}

/** Tallies that need not be simulated. */
export interface KnownTallies {
  /**
   * Hands over what is known of a group, in any order, perhaps twice; groups are asked for in row order.
   *
   * @param publish copies the record (`stats/record.ts`) before it returns
   */
  load(group: Group, publish: (position: TallyPosition, record: Uint8Array) => void): Promise<void>;
  close(): void;
}
