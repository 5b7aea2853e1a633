import type { Spec } from './experiment-spec.ts';

/** The digests of the data files that a sweep draws from, by which its datasets are known. */
export function dataDigests(spec: Spec): readonly string[] {
  if (spec.experiment === 'training') return spec.data.kind === 'file' ? [spec.data.facts.digest] : [];
  return [...new Set(spec.inputs.flatMap(({ dataset }) => (dataset === null ? [] : [dataset.digest])))];
}
