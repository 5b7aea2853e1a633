import type { Group } from '../sweep/groups.ts';
import type { Simulation } from './simulation.ts';

/** Groups simulated at once, at most: each has an arena of some hundred megabytes. */
const MOST_GROUPS = 8;

/** Where the arenas of groups come from. */
export interface Arenas {
  readonly allocate: () => SharedArrayBuffer;
  /** Resolves when nobody reads any more from an arena that is used again. */
  readonly release: () => Promise<void>;
}

/** The groups that are simulated, in order: those behind the first one are begun so that nobody waits. */
export class Pipeline {
  readonly #groups: readonly Group[];
  readonly #simulate: (group: Group, arena: SharedArrayBuffer) => Simulation;
  readonly #arenas: Arenas;
  readonly #free: SharedArrayBuffer[] = [];
  readonly #underWay: Simulation[] = [];
  #next = 0;

  constructor(
    groups: readonly Group[],
    simulate: (group: Group, arena: SharedArrayBuffer) => Simulation,
    arenas: Arenas,
  ) {
    this.#groups = groups;
    this.#simulate = simulate;
    this.#arenas = arenas;
  }

  get first(): Simulation | undefined {
    return this.#underWay[0];
  }

  /** Tasks that are submitted and not done. */
  get unfinished(): number {
    return this.#underWay.reduce((sum, { unfinished }) => sum + unfinished, 0);
  }

  /**
   * Begins groups until so many are under way, or all; then further ones while there are fewer tasks than wanted.
   * @param wanted as it is now; never called when undefined
   */
  async fill(least: number, wanted?: () => number): Promise<void> {
    while (this.#next < this.#groups.length) {
      // What is known of a group is read in the order of the groups, and only what is not becomes tasks.
      if (wanted !== undefined) await this.#underWay.at(-1)?.submitted;
      if (this.#underWay.length >= least) {
        if (wanted === undefined || this.#underWay.length >= MOST_GROUPS || this.unfinished >= wanted()) return;
      }
      const arena = this.#free.pop();
      if (arena !== undefined) await this.#arenas.release();
      const group = this.#groups[this.#next++] as Group;
      this.#underWay.push(this.#simulate(group, arena ?? this.#arenas.allocate()));
    }
  }

  /** The first group is done, and its arena free. */
  shift(): void {
    const done = this.#underWay.shift();
    if (done !== undefined) this.#free.push(done.arena.buffer);
  }
}
