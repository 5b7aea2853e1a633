import { completeParameters, labelOf, type Parameter, type Parameters, parameter } from './parameters.ts';
import { type Entry, getEntry } from './registry.ts';
import { SHAPES, type Shape, type ShapeKind } from './shapes.ts';
import type { ModelSpec } from './spec.ts';

/** A weight rule: a shape and the factor that multiplies it. */
export interface Initializer extends Entry {
  readonly parameters: readonly Parameter[];
  readonly shape: ShapeKind;
  /** Factor on the unit shape. */
  scale(params: Parameters, fanIn: number, fanOut: number): number;
}

/** Standard deviation of N(0, 1) given |u| ≤ 2, as Keras' `VarianceScaling` writes it (scipy.stats.truncnorm). */
export const TRUNCATED_STD = 0.87962566103423978;

const PAPERS = {
  lecun: 'LeCun et al. 1998, eq. 16: variance 1/fan_in',
  glorot: 'Glorot & Bengio 2010, eq. 16: variance 2/(fan_in + fan_out)',
  he: 'He et al. 2015, eq. 14: variance 2/((1 + a²)·fan_in)',
} as const;

const NEGATIVE_SLOPE: Parameter = {
  name: 'negativeSlope',
  doc: 'Slope a of the leaky ReLU that follows; 0 for ReLU',
  default: 0,
};

/** Variance of a weight under each of the three rules. */
const VARIANCES = {
  lecun: (_: Parameters, fanIn: number) => 1 / fanIn,
  glorot: (_: Parameters, fanIn: number, fanOut: number) => 2 / (fanIn + fanOut),
  he: (params: Parameters, fanIn: number) => {
    const slope = parameter(params, 'negativeSlope');
    return 2 / ((1 + slope * slope) * fanIn);
  },
} as const;

type Rule = keyof typeof VARIANCES;

function varianceScaling(rule: Rule, alias: string | null): Initializer[] {
  const variance = VARIANCES[rule];
  const common = { parameters: rule === 'he' ? [NEGATIVE_SLOPE] : [] };
  const aliases = (suffix: string) => (alias === null ? [] : [`${alias}_${suffix}`]);
  return [
    {
      ...common,
      name: `${rule}_uniform`,
      aliases: aliases('uniform'),
      doc: `Uniform, ${PAPERS[rule]}`,
      shape: 'uniform',
      scale: (params, fanIn, fanOut) => Math.sqrt(3 * variance(params, fanIn, fanOut)),
    },
    {
      ...common,
      name: `${rule}_normal`,
      aliases: aliases('normal'),
      doc: `Normal, not truncated (as in the papers and PyTorch; Keras truncates), ${PAPERS[rule]}`,
      shape: 'normal',
      scale: (params, fanIn, fanOut) => Math.sqrt(variance(params, fanIn, fanOut)),
    },
    {
      ...common,
      name: `${rule}_truncated_normal`,
      aliases: [],
      doc: `What Keras draws under the name ${rule}_normal: normal cut at ±2σ, σ corrected by /0.879626 to keep the variance; ${PAPERS[rule]}`,
      shape: 'truncated_normal',
      scale: (params, fanIn, fanOut) => Math.sqrt(variance(params, fanIn, fanOut)) / TRUNCATED_STD,
    },
  ];
}

/** A rule whose scale is one parameter, whatever the fans. */
function fixed(shape: ShapeKind, name: string, aliases: readonly string[], doc: string, size: Parameter): Initializer {
  return { name, aliases, doc, shape, parameters: [size], scale: (params) => parameter(params, size.name) };
}

const std = (doc: string): Parameter => ({ name: 'std', doc, default: 1, exclusiveMin: 0 });

export const INITIALIZERS: readonly Initializer[] = [
  { name: 'zeros', aliases: ['zero'], doc: 'Every weight 0', shape: 'zero', parameters: [], scale: () => 0 },
  { name: 'ones', aliases: [], doc: 'Every weight 1', shape: 'constant', parameters: [], scale: () => 1 },
  fixed('constant', 'constant', [], 'Every weight the same number', {
    name: 'value',
    doc: 'The weight',
    default: null,
  }),
  fixed('uniform', 'uniform', [], 'U(−bound, bound), whatever the fan-in', {
    name: 'bound',
    doc: 'Half the width',
    default: 1,
    exclusiveMin: 0,
  }),
  fixed('normal', 'normal', ['gaussian'], 'N(0, std²), whatever the fan-in', std('Standard deviation')),
  fixed(
    'truncated_normal',
    'truncated_normal',
    [],
    'N(0, std²) cut at ±2·std and not corrected: variance 0.773741·std² (TensorFlow, Keras)',
    std('Standard deviation before the cut'),
  ),
  fixed('sign', 'sign', [], '−std or std with probability ½ each', std('Absolute value')),
  {
    name: 'standard_uniform',
    aliases: ['torch_linear'],
    doc: 'U(−1/√fan_in, 1/√fan_in): Glorot & Bengio 2010, eq. 1; the default of PyTorch’s nn.Linear',
    shape: 'uniform',
    parameters: [],
    scale: (_, fanIn) => 1 / Math.sqrt(fanIn),
  },
  ...varianceScaling('lecun', null),
  ...varianceScaling('glorot', 'xavier'),
  ...varianceScaling('he', 'kaiming'),
  {
    name: 'orthogonal',
    aliases: [],
    doc: 'Rows uniform on the sphere of radius gain: Saxe et al. 2013. Orthogonal to each other where a network has them; in experiment layer each is drawn by itself',
    shape: 'orthogonal',
    parameters: [{ name: 'gain', doc: 'Length of a row', default: 1, exclusiveMin: 0 }],
    scale: (params, fanIn) => parameter(params, 'gain') / Math.sqrt(fanIn),
  },
];

export interface ResolvedInitializer {
  readonly label: string;
  readonly shape: Shape;
  /** Factor on the unit shape. */
  scale(fanIn: number, fanOut: number): number;
  /** Var w; 0 for constants. */
  weightVariance(fanIn: number, fanOut: number): number;
}

/** @throws Error on a name that is not registered (the config has checked it) */
export function resolveInitializer(spec: ModelSpec): ResolvedInitializer {
  const entry = getEntry(INITIALIZERS, spec.kind, 'initializer');
  const params = completeParameters(entry.parameters, spec.params);
  const shape = SHAPES[entry.shape];
  const scale = (fanIn: number, fanOut: number): number => entry.scale(params, fanIn, fanOut);
  return {
    label: labelOf(entry.name, entry.parameters, params),
    shape,
    scale,
    weightVariance(fanIn, fanOut) {
      const s = scale(fanIn, fanOut);
      return s * s * shape.variance;
    },
  };
}
