import { ESTIMATE_COLUMNS } from '../stats/columns.ts';
import { isRecord, readRecord } from '../stats/record.ts';
import { isTallyOf } from '../stats/tally.ts';
import { bandOf, bandsOf, blockKeys, type LayerBand, zeroRecord } from '../sweep/bands.ts';
import { unitCost } from '../sweep/cost.ts';
import { cellCount, labelsOf, planSweep, type SweepPlan } from '../sweep/plan.ts';
import type { Experiment } from './experiment.ts';

/** One layer: tallies are histograms of pre-activations, which serve every scale, activation and slope. */
export const LAYER: Experiment<SweepPlan, LayerBand> = {
  plan: planSweep,
  bandsOf,
  bandOf(plan, group, id) {
    const band = bandOf(plan, group, id);
    return band.pairs.length === 0 ? null : band;
  },
  simulator(kernel, plan, band) {
    const simulate = kernel.simulator(band.job);
    const keysOf = blockKeys(plan, band);
    return (block, publish) =>
      simulate(keysOf(block), (p, n, record) => {
        const { input, shape } = band.pairs[p] as LayerBand['pairs'][number];
        publish({ input, fanIn: plan.spec.fanIn.indexOf(n), shape, block }, record);
      });
  },
  isTally: (plan, _series, bytes) =>
    isRecord(bytes) && isTallyOf(readRecord(bytes.buffer, bytes.byteOffset), plan.blockSamples),
  constantTally: (plan, series) => (plan.shapes[series]?.kind === 'zero' ? zeroRecord(plan) : null),
  rowCounts: (plan) => [cellCount(plan)],
  unitCost,
  tables: [{ name: 'estimates', columns: ESTIMATE_COLUMNS }],
  labelsOf,
  rowsOf: null,
};
