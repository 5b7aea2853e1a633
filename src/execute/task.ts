import type { Group } from '../sweep/groups.ts';

/** Blocks [firstBlock, lastBlock) of one band of a group, all shapes and inputs; tallies go to the arena. */
export interface SimulateTask {
  readonly kind: 'simulate';
  readonly group: Group;
  /** Of the group. */
  readonly band: number;
  readonly firstBlock: number;
  readonly lastBlock: number;
  readonly arena: SharedArrayBuffer;
}

/** Rows of one or more (input, fan-in) of a group, from the arena's tallies into `rows`. */
export interface DeriveTask {
  readonly kind: 'derive';
  readonly group: Group;
  readonly arena: SharedArrayBuffer;
  readonly rows: SharedArrayBuffer;
  readonly parts: readonly DerivePart[];
}

/** Rows [from, to) of one (input, fan-in), given by position. */
export interface DerivePart {
  readonly input: number;
  readonly fanIn: number;
  readonly from: number;
  readonly to: number;
  /** Byte at which they start in the task's buffer: column-major over ESTIMATE_COLUMNS, NaN for null. */
  readonly offset: number;
}

/** A piece of work as it is dispatched. Its size never changes a result. */
export type Task = SimulateTask | DeriveTask;
