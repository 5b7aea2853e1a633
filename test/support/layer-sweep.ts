import type { LoadedSweep } from '../../src/config/load.ts';
import type { SweepSpec } from '../../src/model/spec.ts';

/** A sweep of the layer experiment as what it is. */
export function layerSweep({ spec, ...loaded }: LoadedSweep): LoadedSweep<SweepSpec> {
  if (spec.experiment !== 'layer') throw new TypeError(`a sweep of experiment ${spec.experiment}`);
  return { ...loaded, spec };
}
