import { formatMessage } from '../errors.ts';
import { cos, sin } from '../numeric/elementary.ts';
import type { Sampler } from '../random/sampler.ts';
import { DEPENDENT } from './inputs/dependent.ts';
import { EMPIRICAL, resolveEmpirical } from './inputs/empirical.ts';
import type { BaseVariate, Combination, Input, InputKind } from './inputs/family.ts';
import { SKEWED } from './inputs/skewed.ts';
import { SYMMETRIC } from './inputs/symmetric.ts';
import { integerPower, momentList, shiftMoments } from './moments.ts';
import { completeParameters, labelOf, type Parameters } from './parameters.ts';
import { getEntry } from './registry.ts';
import type { Datasets, InputSpec } from './spec.ts';

export type { Dependence, Input, InputKind } from './inputs/family.ts';

export const INPUTS: readonly InputKind[] = [...SYMMETRIC, ...SKEWED, ...DEPENDENT, EMPIRICAL];

/**
 * @param datasets values of data files; only needed for sampling, not for theory
 * @throws Error on a name that is not registered or an input that cannot be standardised (the config has checked both)
 */
export function resolveInput(spec: InputSpec, datasets?: Datasets): Input {
  const entry = getEntry(INPUTS, spec.kind, 'input');
  if (entry.base === undefined) return resolveEmpirical(spec, datasets);
  const problem = inputProblem(spec);
  if (problem !== null) throw new Error(formatMessage({ where: `input ${entry.name}`, ...problem }));
  const params = completeParameters(entry.parameters, spec.params);
  const flags = entry.standardizable && !spec.standardize ? ['raw'] : [];
  const label = labelOf(entry.name, entry.parameters, params, flags);
  const standardized = entry.standardizable && spec.standardize;
  return { label, kind: entry.name, ...(standardized ? standard(entry.base, params) : raw(entry.base, params)) };
}

type Resolved = Omit<Input, 'label' | 'kind'>;

function standard(base: BaseVariate, params: Parameters): Resolved {
  const central = base.central(params);
  const spread = Math.sqrt(central[2] as number);
  const mean = base.mean(params);
  // Exactly 0 and 1, not to rounding: theory compares with them.
  const moments = momentList((k) => (k === 1 ? 0 : k === 2 ? 1 : (central[k] as number) / integerPower(spread, k)));
  return { moments, central: moments, ...affine(base, params, 1 / spread, mean === 0 ? 0 : -mean / spread) };
}

function raw(base: BaseVariate, params: Parameters): Resolved {
  const [scale, shift] = base.raw(params);
  const moments = shiftMoments(base.central(params), scale * base.mean(params) + shift, scale);
  const central = shiftMoments(base.central(params), 0, scale);
  return { moments, central, ...affine(base, params, scale, shift) };
}

/** x = scale·u + shift: E e^{iωx} = e^{iω·shift}·E e^{iω·scale·u}. */
function affine(
  base: BaseVariate,
  params: Parameters,
  scale: number,
  shift: number,
): Omit<Resolved, 'moments' | 'central'> {
  const dependence = base.dependence?.(params) ?? { kind: 'iid' };
  const closedForm = base.characteristic?.(params) ?? null;
  const characteristic =
    closedForm === null
      ? null
      : (omega: number): number => {
          const [re, im] = closedForm(scale * omega);
          return shift === 0 ? re : re * cos(shift * omega) - im * sin(shift * omega);
        };
  const sampler: Sampler = { kind: base.sampler, params: base.samplerParams(params), scale, shift };
  return { dependence, sampler, characteristic };
}

/** What is wrong with an input whose parameters are each in range, or null: they don't go together, or can't be standardised. */
export function inputProblem({ kind, params, standardize }: InputSpec): Combination | null {
  const { parameters, problem, standardizable } = getEntry(INPUTS, kind, 'input');
  return problem?.(completeParameters(parameters, params), standardizable && standardize) ?? null;
}
