import type { Activation } from '../model/activations.ts';
import type { ResolvedInitializer } from '../model/initializers.ts';
import type { Input } from '../model/inputs.ts';
import type { SweepPlan } from '../sweep/plan.ts';
import type { EstimateTable } from '../tables/estimate-reader.ts';

/** What a row of a table is about. */
export interface RowLevels {
  readonly initializer: ResolvedInitializer;
  readonly input: Input;
  readonly activation: Activation;
  readonly fanIn: number;
  readonly fanOut: number;
  readonly beta: number;
  readonly samples: number;
}

/** The levels of a table's rows as the plan knows them; null where it has no such level. */
export function rowLevelsOf(plan: SweepPlan, table: Pick<EstimateTable, 'numbers'>): (row: number) => RowLevels | null {
  const [initializers, inputs, activations] = [
    table.numbers('initializer'),
    table.numbers('input'),
    table.numbers('activation'),
  ];
  const [fanIns, fanOuts] = [table.numbers('fan_in'), table.numbers('fan_out')];
  const [betas, samples] = [table.numbers('beta'), table.numbers('samples')];
  return (row) => {
    const initializer = plan.initializers[initializers[row] as number];
    const input = plan.inputs[inputs[row] as number];
    const activation = plan.activations[activations[row] as number];
    if (initializer === undefined || input === undefined || activation === undefined) return null;
    const [fanIn, fanOut] = [fanIns[row] as number, fanOuts[row] as number];
    return {
      initializer,
      input,
      activation,
      fanIn,
      fanOut,
      beta: betas[row] as number,
      samples: samples[row] as number,
    };
  };
}
