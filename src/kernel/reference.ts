import type { Sampler } from '../random/sampler.ts';
import { writeRecord } from '../stats/record.ts';
import { type BlockSimulator, type Functional, type Kernel, type LayerJob, type MergedTally, RUN } from './kernel.ts';
import type { NetworkJob, NetworkSimulator } from './network.ts';
import { expectations } from './reference/functionals.ts';
import { simulateBlock } from './reference/layer.ts';
import { mergeRecords } from './reference/merged.ts';
import { simulateNetwork } from './reference/network.ts';
import { PanelDraws } from './reference/panel.ts';

/**
 * The algorithm in plain TypeScript, one number at a time: what the other kernels are tested against. Draws and records have the
 * same bits; derived values come from the same atoms summed in ascending order, and errors from every atom of every
 * block, where the WebAssembly kernel coarsens them.
 */
export class ReferenceKernel implements Kernel {
  readonly name = 'reference';

  draw(sampler: Sampler, key: Uint32Array, panel: number, run: number, count: number): Float32Array {
    const draws = new PanelDraws(sampler, key, panel);
    // A process along the index carries its state from run to run.
    if (sampler.kind === 'ar1') for (let r = 0; r < run; r++) draws.fill(r, RUN);
    return draws.fill(run, count);
  }

  simulator(job: LayerJob): BlockSimulator {
    return (keys, sink) => {
      simulateBlock(job, keys).forEach((histograms, pair) => {
        for (const [fanIn, histogram] of histograms) {
          const tally = histogram.tally();
          sink(pair, fanIn, writeRecord(tally));
        }
      });
    };
  }

  networks(job: NetworkJob): NetworkSimulator {
    return (keys, replicate) => simulateNetwork(job, keys, replicate);
  }

  merge(records: readonly Uint8Array[], centre: number | null = null): MergedTally {
    return mergeRecords(records, centre);
  }

  expectations(points: Float64Array, weights: Float64Array, functionals: readonly Functional[]): Float64Array {
    return expectations(points, weights, functionals);
  }
}
