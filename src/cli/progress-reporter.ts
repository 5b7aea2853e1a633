/** Reports how far a run is. Everything goes to one stream, stderr as a rule: stdout is for results. */
export interface ProgressReporter {
  /**
   * @param total units to do, done ones included
   * @param unit plural name of what is counted, such as `samples`
   * @param done units done before (a resumed run): they don't count for the rate
   */
  start(total: number, unit: string, done?: number): void;
  /** `done` units in all; `stage` names what is being done. Cheap enough for each finished task. */
  update(done: number, stage: string): void;
  /** A line of its own that stays. */
  note(message: string): void;
  /** Ends the display; may be called twice, and before `start`. */
  stop(): void;
}
