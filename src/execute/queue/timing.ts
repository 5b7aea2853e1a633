/** When a coordinator does what, in milliseconds. */
export interface Timing {
  /** Between two looks for results that have arrived. */
  readonly poll: number;
  /** For how long a result stays in Redis after it was read: until it is in the journal. */
  readonly keep: number;
  /** Between two looks whether the job of a task is still there, and whether a result came without a word. */
  readonly check: number;
  /** For how long this process may be silent before another may coordinate its sweep. */
  readonly lease: number;
}

export const TIMING: Timing = { poll: 50, keep: 5_000, check: 10_000, lease: 10_000 };

/** Nanoseconds of a task: what its job costs besides, some milliseconds, does not show, and what dies with a worker is soon done again. */
export const TASK_TIME = 2e9;

/** Milliseconds that closing may take: Redis may be away. */
export const FAREWELL = 5_000;
