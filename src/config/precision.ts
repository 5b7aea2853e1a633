import { describeValue } from '../errors.ts';
import { symmetricMean } from '../model/activations/symmetry.ts';
import { ACTIVATIONS, resolveActivation } from '../model/activations.ts';
import { INITIALIZERS, resolveInitializer } from '../model/initializers.ts';
import { INPUTS, resolveInput } from '../model/inputs.ts';
import { type Entry, findEntry } from '../model/registry.ts';
import type { PrecisionCells, PrecisionSpec, SweepSpec } from '../model/spec.ts';
import type { ParsedPrecision } from './precision-schema.ts';
import type { Problem } from './problems.ts';
import { didYouMean } from './suggest.ts';

export interface ResolvedPrecision {
  readonly precision: PrecisionSpec;
  readonly problems: readonly Problem[];
}

/**
 * Looks up the cells that a precision names.
 * @param spec the sweep, its precision aside
 * @param allInputs whether the facts of every data file are there
 */
export function resolvePrecision(parsed: ParsedPrecision, spec: SweepSpec, allInputs: boolean): ResolvedPrecision {
  const { statistic, target, minSamples = spec.samples, maxSamples } = parsed;
  const problems: Problem[] = [];
  const models = <Model extends { kind: string }>(
    axis: keyof PrecisionCells,
    names: readonly string[] | undefined,
    entries: readonly Entry[],
    specs: readonly Model[],
    label: (model: Model) => string,
  ): readonly string[] | null => {
    if (names === undefined) return null;
    const known = specs.map((model) => ({ kind: model.kind, label: label(model) }));
    const found = names.flatMap((name, i) => {
      const exact = known.filter((level) => level.label === name);
      const kind = findEntry(entries, name)?.name;
      const meant = exact.length > 0 ? exact : known.filter((level) => level.kind === kind);
      const labels = known.map((level) => level.label);
      if (meant.length === 0)
        problems.push(
          notOnAxis(axis, i, name, labels, didYouMean(name, [...labels, ...known.map((level) => level.kind)])),
        );
      return meant;
    });
    return known.filter((level) => found.includes(level)).map((level) => level.label);
  };
  const numbers = (
    axis: 'fanIn' | 'fanOut' | 'beta',
    given: readonly number[] | undefined,
    levels: readonly number[],
  ): readonly number[] | null => {
    if (given === undefined) return null;
    const found = given.map((level, i) => {
      const on = levels.find((other) => Math.abs(other - level) <= 1e-9 * other);
      if (on === undefined) problems.push(notOnAxis(axis, i, level, levels));
      return on;
    });
    return levels.filter((level) => found.includes(level));
  };
  const named = parsed.cells;
  if (named.fanOut !== undefined && spec.fanOut === 'fanIn')
    problems.push({
      path: ['precision', 'cells', 'fanOut'],
      key: true,
      received: 'an axis that the sweep does not have',
      allowed: 'fanOut where the sweep gives fanOut a list',
      remedy: 'use fanIn: it is the fan-out as well',
    });
  const cells: PrecisionCells = {
    inputs: allInputs ? models('inputs', named.inputs, INPUTS, spec.inputs, (i) => resolveInput(i).label) : null,
    fanIn: numbers('fanIn', named.fanIn, spec.fanIn),
    fanOut: spec.fanOut === 'fanIn' ? null : numbers('fanOut', named.fanOut, spec.fanOut),
    initializers: models(
      'initializers',
      named.initializers,
      INITIALIZERS,
      spec.initializers,
      (i) => resolveInitializer(i).label,
    ),
    activations: models(
      'activations',
      named.activations,
      ACTIVATIONS,
      spec.activations,
      (a) => resolveActivation(a).label,
    ),
    beta: numbers('beta', named.beta, spec.beta),
  };
  const precision: PrecisionSpec = { statistic, target, cells, minSamples, maxSamples };
  return { precision, problems: problems.length > 0 ? problems : oddMean(precision, spec) };
}

function notOnAxis(
  axis: keyof PrecisionCells,
  index: number,
  received: string | number,
  levels: readonly (string | number)[],
  remedy = `name levels of ${axis}, or leave ${axis} out for all`,
): Problem {
  const shown = levels.slice(0, 20).join(', ');
  return {
    path: ['precision', 'cells', axis, index],
    received: describeValue(received),
    allowed: levels.length > 20 ? `${shown}, … (${levels.length} levels)` : shown,
    remedy,
  };
}

/** E g of an odd activation is 0: no error is a share of it. */
function oddMean({ statistic, target, cells }: PrecisionSpec, spec: SweepSpec): readonly Problem[] {
  if (statistic !== 'a_mean' || target.kind !== 'relative') return [];
  const odd = spec.activations
    .map(resolveActivation)
    .filter((g) => (cells.activations?.includes(g.label) ?? true) && symmetricMean(g) === 0)
    .map((g) => g.label);
  if (odd.length === 0) return [];
  return [
    {
      path: ['precision', 'relative'],
      received: String(target.value),
      allowed: `absolute for a_mean of ${odd.join(', ')}, whose true value is 0`,
      remedy: `use absolute: … (a plain number), or name other activations in cells`,
    },
  ];
}
