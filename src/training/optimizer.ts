import type { ArmSpec } from '../model/training-spec.ts';

/** One update of θ, in place, from its gradient. Steps are taken in order. */
export type Optimizer = (theta: Float64Array, gradient: Float64Array) => void;

/**
 * The update rules, with l2 added to the gradient as λθ:
 *
 * - sgd: v ← m·v + ∇, θ ← θ − η·v (Polyak 1964, in the form of PyTorch: η outside);
 * - adam: Kingma & Ba 2015, algorithm 1, θ ← θ − η·m̂/(√v̂ + ε);
 * - adamw: Loshchilov & Hutter 2019, θ ← θ − η·decay·θ first.
 *
 * @param parameters length of θ
 */
export function optimizer(arm: ArmSpec, parameters: number): Optimizer {
  return arm.optimizer === 'sgd' ? descent(arm, parameters) : adam(arm, parameters);
}

function descent({ learningRate, momentum, l2 }: ArmSpec, parameters: number): Optimizer {
  if (momentum === 0)
    return (theta, gradient) => {
      for (let i = 0; i < parameters; i++) {
        const w = theta[i] as number;
        theta[i] = w - learningRate * ((gradient[i] as number) + l2 * w);
      }
    };
  const velocity = new Float64Array(parameters);
  return (theta, gradient) => {
    for (let i = 0; i < parameters; i++) {
      const w = theta[i] as number;
      const v = momentum * (velocity[i] as number) + ((gradient[i] as number) + l2 * w);
      velocity[i] = v;
      theta[i] = w - learningRate * v;
    }
  };
}

function adam(arm: ArmSpec, parameters: number): Optimizer {
  const { learningRate, l2, epsilon, firstMoment, secondMoment } = arm;
  const shrink = learningRate * (arm.optimizer === 'adamw' ? arm.decay : 0);
  const first = new Float64Array(parameters);
  const second = new Float64Array(parameters);
  let firstPower = 1;
  let secondPower = 1;
  return (theta, gradient) => {
    firstPower *= firstMoment;
    secondPower *= secondMoment;
    const rate = learningRate / (1 - firstPower);
    const root = Math.sqrt(1 - secondPower);
    for (let i = 0; i < parameters; i++) {
      const w = theta[i] as number;
      const g = (gradient[i] as number) + l2 * w;
      const m = firstMoment * (first[i] as number) + (1 - firstMoment) * g;
      const v = secondMoment * (second[i] as number) + (1 - secondMoment) * g * g;
      first[i] = m;
      second[i] = v;
      theta[i] = w - shrink * w - (rate * m) / (Math.sqrt(v) / root + epsilon);
    }
  };
}
