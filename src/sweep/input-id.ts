import type { InputSpec } from '../model/spec.ts';

/** An input as its stream knows it: everything that changes its values, and not where a file lies. */
export function inputId(spec: InputSpec): unknown {
  const { kind, params, standardize, dataset } = spec;
  return { kind, params, standardize, data: dataset && { digest: dataset.digest, draw: dataset.draw } };
}
