import { KERNEL_VERSION } from '../kernel/kernel.ts';
import { type Activation, resolveActivation } from '../model/activations.ts';
import type { DepthSpec } from '../model/depth-spec.ts';
import { type ResolvedInitializer, resolveInitializer } from '../model/initializers.ts';
import { type Input, resolveInput } from '../model/inputs.ts';
import type { Datasets } from '../model/spec.ts';
import { inputId } from '../sweep/input-id.ts';
import { digest, type Plan } from '../sweep/plan.ts';
import { depthRecordLength } from './layer-record.ts';

/** A network as the series axis of a depth experiment has it: everything but its width and its inputs. */
export interface Network {
  /** `he_normal relu β=1` */
  readonly label: string;
  /** Positions on the axes of the spec. */
  readonly initializer: number;
  readonly activation: number;
  readonly beta: number;
}

/** Positions of a cell: on the axes of inputs and widths, and among the networks. */
export interface DepthCell {
  readonly input: number;
  readonly width: number;
  readonly network: number;
}

/** Everything about a depth experiment that is fixed before it runs. */
export interface DepthPlan extends Plan {
  readonly spec: DepthSpec;
  /** Networks in a block of a cell. */
  readonly blockSamples: number;
  readonly inputs: readonly Input[];
  readonly initializers: readonly ResolvedInitializer[];
  readonly activations: readonly Activation[];
  /** Initializers × activations × slopes, the slope running fastest. */
  readonly networks: readonly Network[];
}

export function planDepth(spec: DepthSpec, datasets?: Datasets): DepthPlan {
  const inputs = spec.inputs.map((input) => resolveInput(input, datasets));
  const blockSamples = Math.ceil(spec.samples / spec.blocks);
  const initializers = spec.initializers.map(resolveInitializer);
  const activations = spec.activations.map(resolveActivation);
  const networks = initializers.flatMap((rule, initializer) =>
    activations.flatMap((g, activation) =>
      spec.beta.map(
        (beta): Network => ({
          label: `${rule.label} ${g.label} β=${beta}`,
          initializer,
          activation,
          beta,
        }),
      ),
    ),
  );
  const { seed, width, depth, batch, correlation, biasStd, jacobian, saturation } = spec;
  return {
    spec,
    hash: digest({ spec, blockSamples, kernel: KERNEL_VERSION }),
    draws: digest({
      kernel: KERNEL_VERSION,
      experiment: 'depth',
      ...{ seed, width, depth, batch, correlation, biasStd, jacobian, saturation, blockSamples },
      inputs: spec.inputs.map(inputId),
      initializers: spec.initializers,
      activations: spec.activations,
      beta: spec.beta,
    }),
    grid: {
      inputs: inputs.map(({ label }) => label),
      fanIns: width,
      series: networks.map(({ label }) => label),
    },
    blocks: spec.blocks,
    blockSamples,
    tallyRoom: 8 * depthRecordLength(spec) + 8,
    inputs,
    initializers,
    activations,
    networks,
  };
}

/** Labels of the levels, as the table's dictionaries hold them. */
export function depthLabels(plan: DepthPlan): Record<'initializer' | 'input' | 'activation', readonly string[]> {
  return {
    initializer: plan.initializers.map(({ label }) => label),
    input: plan.inputs.map(({ label }) => label),
    activation: plan.activations.map(({ label }) => label),
  };
}
