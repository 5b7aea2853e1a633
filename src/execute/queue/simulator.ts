import { Arena } from '../../memory/arena.ts';
import { arenaRoom, slotCount, slotOf } from '../../sweep/groups.ts';
import type { TallyEntry } from '../../sweep/tally-entry.ts';
import { PoolExecutor, type PoolOptions } from '../pool.ts';
import { encodeTallies } from './answer.ts';
import type { Order } from './job.ts';
import type { FoundSweep } from './notice.ts';

/** Does the orders of one sweep; as many at a time as it was made for. */
export interface Simulator {
  /** The bytes of the result. @throws what the task fails with */
  simulate(order: Order): Promise<Buffer>;
  close(): Promise<void>;
}

export type OpenSimulator = (sweep: FoundSweep, threads: number) => Simulator;

/** Simulates on the threads of a pool. */
export function onPool(options: PoolOptions = {}): OpenSimulator {
  return ({ plan, datasets }, threads) => {
    const pool = new PoolExecutor(plan.spec, datasets, threads, options);
    return {
      simulate: async ({ group, band, positions }) => {
        const slots = slotCount(plan, group);
        const arena = Arena.allocate(slots, arenaRoom(plan, slots));
        const [firstBlock, lastBlock] = group.blocks;
        await pool.submit({ kind: 'simulate', group, band: band.id, firstBlock, lastBlock, arena: arena.buffer });
        const entries = positions.map((position): TallyEntry => {
          const record = arena.record(slotOf(plan, group, position));
          if (record === null) throw new Error(`no tally of block ${position.block}`);
          return { position, record };
        });
        return encodeTallies(entries);
      },
      close: () => pool.close(),
    };
  };
}
