import { RunError } from '../../errors.ts';
import { Arena } from '../../memory/arena.ts';
import { arenaRoom, slotCount, slotOf } from '../../sweep/groups.ts';
import type { Plan } from '../../sweep/plan.ts';
import type { TallyEntry } from '../../sweep/tally-entry.ts';
import { MemoryError, PoolExecutor, type PoolOptions } from '../pool.ts';
import { encodeTallies } from './answer.ts';
import type { Order } from './job.ts';
import type { FoundSweep } from './notice.ts';

/** Does the orders of one sweep, one at a time. */
export interface Simulator {
  /** The bytes of the result. @throws what the task fails with */
  simulate(order: Order): Promise<Buffer>;
  close(): Promise<void>;
}

export type OpenSimulator = (sweep: FoundSweep) => Simulator;

/**
 * Megabytes of JavaScript objects of a thread, at most, so that a sweep that needs more is refused by every worker alike and takes none
 * with it. A million cells need 8. It does not bound the memory of WebAssembly and of typed and shared arrays: tallies, examples, the
 * values of data files, what the kernel keeps.
 */
const MOST_OBJECTS = 256;

/** Simulates each sweep on a worker thread of its own. */
export function onThread({ limits, ...options }: PoolOptions = {}): OpenSimulator {
  const maxOldGenerationSizeMb = limits?.maxOldGenerationSizeMb ?? MOST_OBJECTS;
  return ({ plan, datasets }) => {
    const pool = new PoolExecutor(plan.spec, datasets, 1, {
      ...options,
      limits: { ...limits, maxOldGenerationSizeMb },
    });
    // Of the last order, if it was done: a new one for each would lie there until the collector, which does not see its size, comes by.
    let spare: SharedArrayBuffer | null = null;
    return {
      simulate: async ({ group, band, positions }) => {
        const slots = slotCount(plan, group);
        const arena = Arena.allocate(slots, arenaRoom(plan, slots), spare);
        spare = null;
        const [firstBlock, lastBlock] = group.blocks;
        await pool
          .submit({ kind: 'simulate', group, band: band.id, firstBlock, lastBlock, arena: arena.buffer })
          .catch((error) => {
            throw error instanceof MemoryError ? tooLarge(plan, maxOldGenerationSizeMb) : error;
          });
        const entries = positions.map((position): TallyEntry => {
          const record = arena.record(slotOf(plan, group, position));
          if (record === null) throw new Error(`no tally of block ${position.block}`);
          return { position, record };
        });
        const bytes = encodeTallies(entries);
        spare = arena.buffer;
        return bytes;
      },
      close: () => pool.close(),
    };
  };
}

/** It ends the run: its plan alone is too much for every worker. */
function tooLarge({ spec }: Plan, megabytes: number): RunError {
  return new RunError({
    where: `sweep ${spec.name}`,
    received: `a plan that does not fit in the ${megabytes} MB of a worker's thread`,
    remedy: 'make several sweeps of it, or run it without a queue',
  });
}
