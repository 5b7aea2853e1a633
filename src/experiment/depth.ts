import { depthCost } from '../depth/depth-cost.ts';
import { type DepthCell, type DepthPlan, depthLabels, planDepth } from '../depth/depth-plan.ts';
import { deriveLayers } from '../depth/derive-layers.ts';
import { LAYER_COLUMNS } from '../depth/layer-columns.ts';
import { depthRecordLength } from '../depth/layer-record.ts';
import { simulateDepth } from '../depth/simulate-depth.ts';
import type { TallyPosition } from '../sweep/groups.ts';
import { joinRows } from './join-rows.ts';
import { type SeriesBand, vectorExperiment } from './vector-experiment.ts';

/** Networks of many layers: series are networks, fan-ins their widths. */
export const DEPTH = vectorExperiment<DepthPlan>({
  plan: planDepth,
  costOf: (plan, position) => depthCost(plan, cellAt(position)),
  lengthOf: ({ spec }) => depthRecordLength(spec),
  simulate: (kernel, plan, position, beat) =>
    simulateDepth(kernel, plan, { ...cellAt(position), block: position.block }, beat),
  tables: [{ name: 'layers', columns: LAYER_COLUMNS }],
  labelsOf: depthLabels,
  rowsPerUnit: ({ networks, spec }) => [networks.length * spec.depth],
  rowsOf: (plan, { input, fanIn }, records) => [
    joinRows(
      LAYER_COLUMNS.length,
      plan.networks.map((_, network) => deriveLayers(plan, { input, width: fanIn, network }, records(network))),
    ),
  ],
});

function cellAt({ input, fanIn, shape }: SeriesBand['position'] | TallyPosition): DepthCell {
  return { input, width: fanIn, network: shape };
}
