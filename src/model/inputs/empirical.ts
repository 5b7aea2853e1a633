import type { Sampler } from '../../random/sampler.ts';
import { momentList } from '../moments.ts';
import type { Datasets, InputSpec } from '../spec.ts';
import type { Input, InputKind } from './family.ts';

export const EMPIRICAL: InputKind = {
  name: 'empirical',
  aliases: [],
  doc: 'Drawn with equal probabilities from a data file: single values, or whole rows',
  parameters: [],
  standardizable: true,
};

const UNKNOWN = momentList((k) => (k === 0 ? 1 : Number.NaN));

/** @throws Error without the facts that the config reads from the file */
export function resolveEmpirical(spec: InputSpec, datasets?: Datasets): Input {
  const facts = spec.dataset;
  if (facts === null) throw new Error('empirical input without its data set');
  const rows = facts.draw === 'rows';
  const details = [
    `file=${facts.file}`,
    ...(facts.column === null ? [] : [`column=${facts.column}`]),
    ...(rows ? ['rows'] : []),
    ...(spec.standardize ? [] : ['raw']),
  ];
  const moments = facts.moments ?? UNKNOWN;
  const table = datasets?.get(facts.digest);
  const sampler: Sampler = {
    kind: rows ? 'rows' : 'table',
    params: rows ? [facts.columns] : [],
    scale: 1,
    shift: 0,
    ...(table === undefined ? {} : { table }),
  };
  return {
    label: `empirical(${details.join(', ')})`,
    kind: 'empirical',
    moments,
    central: facts.central ?? UNKNOWN,
    dependence: rows ? { kind: 'rows', moments: facts.rowMoments ?? [] } : { kind: 'iid' },
    sampler,
    characteristic: null,
  };
}
