import { describe, expect, it } from 'vitest';
import type { Functional } from '../../src/kernel/kernel.ts';
import { ReferenceKernel } from '../../src/kernel/reference.ts';
import { WasmKernel } from '../../src/kernel/wasm.ts';
import { allFunctionals, answersOf, direct, type Ensemble, sampleOf } from '../support/derived.ts';
import { sampler } from '../support/jobs.ts';

const wasm = new WasmKernel();
const reference = new ReferenceKernel();

const CONTINUOUS: Readonly<Record<string, Ensemble>> = {
  'uniform × normal, n = 64': { weights: sampler('uniform'), inputs: sampler('normal'), fanIn: 64, side: 8 },
  'normal × normal, n = 1': { weights: sampler('normal'), inputs: sampler('normal'), fanIn: 1 },
  'normal × Student-t(3), n = 32': { weights: sampler('normal'), inputs: sampler('student_t', 3), fanIn: 32 },
  'uniform × Student-t(2.1), n = 1': { weights: sampler('uniform'), inputs: sampler('student_t', 2.1), fanIn: 1 },
  'uniform × lognormal, n = 8': { weights: sampler('uniform'), inputs: sampler('lognormal', 1), fanIn: 8 },
  'orthogonal × uniform, n = 16': {
    weights: sampler('normal'),
    inputs: sampler('uniform'),
    fanIn: 16,
    side: 4,
    orthogonal: true,
  },
};

const LATTICES: Readonly<Record<string, Ensemble>> = {
  'sign × rademacher, n = 1': { weights: sampler('sign'), inputs: sampler('sign'), fanIn: 1 },
  'sign × rademacher, n = 16': { weights: sampler('sign'), inputs: sampler('sign'), fanIn: 16 },
  'sign × rademacher, n = 33': { weights: sampler('sign'), inputs: sampler('sign'), fanIn: 33 },
  'sign × rademacher, n = 256': { weights: sampler('sign'), inputs: sampler('sign'), fanIn: 256, side: 16 },
  'constant × Bernoulli(.1), n = 100': {
    weights: sampler('constant'),
    inputs: sampler('bernoulli', 0.1),
    fanIn: 100,
  },
  'uniform × sparse(.1), n = 2': { weights: sampler('uniform'), inputs: sampler('sparse', 0.1), fanIn: 2 },
};

/** Both kernels' answers about one sample. */
function answers(ensemble: Ensemble, functionals: readonly Functional[]) {
  const sample = sampleOf(wasm, ensemble);
  const own = answersOf(wasm.merge(sample.records).derive(functionals), functionals);
  const full = answersOf(reference.merge(sample.records).derive(functionals), functionals);
  const truth = functionals.flatMap((functional) => direct(functional, sample));
  return own.map((answer, i) => ({
    ...answer,
    reference: full[i] as typeof answer,
    truth: truth[i] as number,
    /** √(E g² or E g′²): what a sum's rounding errors are measured against. */
    size: Math.sqrt(i % 4 < 2 ? (truth[i - (i % 4)] as number) ** 2 + (truth[i - (i % 4) + 1] as number) : (truth[i - (i % 4) + 3] as number)),
  }));
}

describe.each(Object.entries({ ...CONTINUOUS, ...LATTICES }))('two atoms a bin of %s', (_, ensemble) => {
  const all = answers(ensemble, allFunctionals());

  it('give every activation statistic to 1e-6 relative, or 1e-3 mcse', () => {
    const off = all.filter(({ value, truth, reference: { mcse } }) => {
      const error = Math.abs(value - truth);
      return !(error <= 1e-6 * Math.abs(truth) || error <= 1e-3 * mcse);
    });
    expect(off).toEqual([]);
  });

  it('are summed alike by both kernels', () => {
    expect(all.filter((answer) => !(Math.abs(answer.value - answer.reference.value) <= 1e-12 * answer.size))).toEqual([]);
  });

  it('give errors', () => {
    const off = all.filter(
      ({ mcse, reference: full, size }) => !(Math.abs(mcse - full.mcse) <= 1e-3 * full.mcse + 1e-9 * size),
    );
    expect(off.map((o)=>[o.what,o.value,o.mcse,o.reference.mcse,o.mcse/o.reference.mcse-1].join(' '))).toEqual([]);
  });
});
