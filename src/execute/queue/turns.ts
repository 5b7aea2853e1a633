/** Calls a function again and again, never twice at a time: at once when it is roused, otherwise after a pause. */
export class Turns {
  /** Resolves when the last turn is over. */
  readonly over: Promise<void>;
  readonly #pause: number;
  #ended = false;
  #roused = false;
  #wake: () => void = () => {};

  /**
   * @param turn must not throw
   * @param pause milliseconds
   */
  constructor(turn: () => Promise<void>, pause: number) {
    this.#pause = pause;
    this.over = this.#run(turn);
  }

  /** There is something to do. */
  rouse(): void {
    this.#roused = true;
    this.#wake();
  }

  /** The turn under way is the last one. */
  end(): void {
    this.#ended = true;
    this.#wake();
  }

  async #run(turn: () => Promise<void>): Promise<void> {
    // Not before whoever made this has it.
    await Promise.resolve();
    while (!this.#ended) {
      this.#roused = false;
      await turn();
      if (!this.#roused && !this.#ended) await this.#sleep();
    }
  }

  async #sleep(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      timer = setTimeout(resolve, this.#pause);
    });
    clearTimeout(timer);
  }
}
