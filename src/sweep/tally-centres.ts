import type { Input } from '../model/inputs.ts';
import type { Shape } from '../model/shapes.ts';
import { tallyCentre } from '../theory/moments.ts';
import type { TallyPosition } from './groups.ts';
import type { SweepPlan } from './plan.ts';

/** {@link tallyCentre} by position; worked out once for blocks that follow each other. */
export function tallyCentresOf({ shapes, inputs, spec }: SweepPlan): (position: TallyPosition) => number {
  let last = '';
  let centre = 0;
  return ({ shape, input, fanIn }) => {
    const key = `${shape} ${input} ${fanIn}`;
    if (key !== last) centre = tallyCentre(shapes[shape] as Shape, inputs[input] as Input, spec.fanIn[fanIn] as number);
    last = key;
    return centre;
  };
}
