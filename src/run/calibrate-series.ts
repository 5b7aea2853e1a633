import { experimentOf, planOf } from '../experiment/plan-of.ts';
import { WasmKernel } from '../kernel/wasm.ts';
import type { Spec } from '../model/experiment-spec.ts';
import type { Datasets } from '../model/spec.ts';
import { groupsOf } from '../sweep/groups.ts';

/** Nanoseconds to spend, and those that one replicate may take by the cost model. */
const BUDGET = 0.5e9;
const LONGEST = 0.25e9;

/**
 * Measured over modelled time of simulating networks or arms: single replicates of the costliest series, until the budget is spent.
 * null where a replicate takes too long to try one.
 */
export function seriesSpeed(spec: Spec, datasets: Datasets): number | null {
  const single = planOf({ ...spec, samples: spec.blocks }, datasets);
  const experiment = experimentOf(single);
  const kernel = new WasmKernel();
  const bands = groupsOf(single)
    .flatMap((group) => experiment.bandsOf(single, group))
    .filter(({ cost }) => cost <= LONGEST)
    .sort((a, b) => b.cost - a.cost);
  const time = (band: (typeof bands)[number], block: number): number => {
    const simulate = experiment.simulator(kernel, single, band);
    const start = performance.now();
    simulate(
      block,
      () => {},
      () => {},
    );
    return (performance.now() - start) * 1e6;
  };
  let [measured, modelled, spent] = [0, 0, 0];
  for (const band of bands) {
    if (spent > BUDGET) break;
    // The engine compiles what it finds hot, and others use the machine as well: the lesser of two times.
    const times = [0, 1].map((block) => time(band, block));
    measured += Math.min(...times);
    modelled += band.cost;
    spent += (times[0] as number) + (times[1] as number);
  }
  return modelled === 0 ? null : measured / modelled;
}
