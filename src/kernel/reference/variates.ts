import { erf } from '../../numeric/special.ts';
import type { Sampler } from '../../random/sampler.ts';
import { COLUMNS } from '../kernel.ts';
import type { Lanes } from './lanes.ts';
import { highWord } from './philox.ts';
import { exp, expm1, negativeLogUniform, negativeLogUniform31, octant, truncatedQuantile } from './single.ts';

const f = Math.fround;

/** A signed word times this is uniform between ±P(|u| ≤ 2) of a normal u. */
const WITHIN_TWO = f(erf(Math.SQRT2) * 2 ** -31);

const signed = (value: number, negative: boolean): number => (negative ? -value : value);
const bit = (k: number, i: number): boolean => ((k >>> i) & 1) === 1;

/**
 * Normals from 64 words (Box & Muller 1958). In each group of 16, words 0…7 give radii and words 8…15 angles; the two normals of a
 * radius and its angle take the places of both. Bits 31 and 30 of the angle are their signs, bit 29 swaps sine and
 * cosine, the rest is an angle in the first octant.
 */
export function normals(words: Uint32Array): Float32Array {
  const out = new Float32Array(COLUMNS);
  for (let i = 0; i < COLUMNS; i++) {
    if ((i & 8) !== 0) continue;
    const angle = words[i + 8] as number;
    const negative = negativeLogUniform(words[i] as number);
    const radius = f(Math.sqrt(f(negative + negative)));
    const { sine, cosine } = octant(angle);
    const [first, second] = bit(angle, 29) ? [sine, cosine] : [cosine, sine];
    out[i] = signed(f(radius * first), bit(angle, 31));
    out[i + 8] = signed(f(radius * second), bit(angle, 30));
  }
  return out;
}

/** Words below this make an event of probability p. */
function threshold(sampler: Sampler): number {
  return Math.min(2 ** 32 - 1, Math.max(1, Math.round((sampler.params[0] as number) * 2 ** 32)));
}

/** Bailey (1994): √(ν·(U^(−2/ν) − 1))·cos θ is Student's t with ν degrees of freedom. */
function studentT(radius: number, angle: number, freedom: number): number {
  const rate = f(-2 / freedom);
  const r = f(Math.sqrt(f(freedom * expm1(-f(negativeLogUniform(radius) * rate)))));
  const { sine, cosine } = octant(angle);
  return signed(f(r * (bit(angle, 29) ? sine : cosine)), bit(angle, 31));
}

/** The base variates u of one index: 64 columns. Every index takes the same number of words, so fewer indices are a prefix. */
export function variates(sampler: Sampler, lanes: Lanes): Float32Array {
  const param = f(sampler.params[0] ?? 0);
  const words = lanes.words(COLUMNS / 8);
  const each = (draw: (word: number, column: number) => number): Float32Array => Float32Array.from(words, draw);
  switch (sampler.kind) {
    case 'uniform':
      return each((k) => f(k | 0)); // in units of 2⁻³¹, see `unit`
    case 'truncated_normal':
      return each((k) => truncatedQuantile(f(f(k | 0) * WITHIN_TWO)));
    case 'sign':
      return each((k) => signed(1, bit(k, 31)));
    case 'bernoulli': {
      const limit = threshold(sampler);
      return each((k) => (k < limit ? 1 : 0));
    }
    case 'sparse': {
      const values = normals(words);
      const limit = threshold(sampler);
      const others = lanes.words(COLUMNS / 8);
      return values.map((value, column) => ((others[column] as number) < limit ? value : 0));
    }
    case 'exponential':
      return each(negativeLogUniform);
    case 'laplace':
      return each((k) => signed(negativeLogUniform31(k), bit(k, 31)));
    case 'lognormal':
      return normals(words).map((value) => exp(f(value * param)));
    case 'squared_normal':
      return normals(words).map((value) => value * value);
    case 'student_t': {
      const angles = lanes.words(COLUMNS / 8);
      return each((k, column) => studentT(k, angles[column] as number, param));
    }
    case 'table': {
      const table = sampler.table as Float32Array;
      return each((k) => table[highWord(k, table.length)] as number);
    }
    case 'normal':
    case 'equicorrelated':
    case 'ar1':
      return normals(words);
    case 'constant':
    case 'rows':
      throw new Error(`${sampler.kind} is not drawn index by index`);
  }
}

/** Size of one unit of {@link variates}: uniforms are scaled once, by scale·2⁻³¹. */
export function unit(sampler: Sampler): number {
  return f(sampler.scale) * (sampler.kind === 'uniform' ? 2 ** -31 : 1);
}
