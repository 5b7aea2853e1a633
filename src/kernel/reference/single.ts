/**
 * Single-precision functions of the samplers, each operation rounded to a single: what assembly/elementary32.ts does in four
 * lanes. A product or sum of two singles, rounded to double and then to single, is the correctly rounded single.
 */
const f = Math.fround;

const single = new Float32Array(1);
const word = new Int32Array(single.buffer);

export const ONE_BITS = 0x3f800000;
const SQRT_HALF_BITS = 0x3f3504f3;

function bitsOf(x: number): number {
  single[0] = x;
  return word[0] as number;
}

export function fromBits(bits: number): number {
  word[0] = bits;
  return single[0] as number;
}

const mad = (a: number, b: number, c: number): number => f(f(a * b) + c);

/** Horner's rule, highest coefficient first. */
function horner(coefficients: readonly number[], x: number): number {
  let sum = coefficients[0] as number;
  for (let i = 1; i < coefficients.length; i++) sum = mad(sum, x, coefficients[i] as number);
  return sum;
}

const LOG = [0.087003596, -0.14267476, 0.14914787, -0.16577587, 0.19963062, -0.25001338, 0.3333391].map(f);
const SINE = [-0.00019517297, 0.008332178, -0.16666655].map(f);
const COSINE = [2.443845e-5, -0.0013887368, 0.041666646].map(f);
const EXP = [0.0013882394, 0.008367173, 0.04166722, 0.16666539, 0.49999997].map(f);
const QUANTILE = [-6.438115e-6, 9.1225993e-5, -0.0002170258, -0.0032753022, 0.01632338, 0.32811823, 1.2533141].map(f);
const LN2 = f(Math.LN2);
const OCTANT = f(1.4629181e-9); // π/4·2⁻²⁹
const LOG2E = f(Math.LOG2E);
const LN2_HIGH = 0.693359375;
const LN2_LOW = f(-0.00021219444);
const MAGIC = 12582912; // 1.5·2²³: adding it rounds to an integer
const CLAMP = 80;

/** log1p(x) = x − x²/2 + x³·P(x) for √½ − 1 ≤ x ≤ √2 − 1, P by Estrin's scheme. */
function logReduced(x: number): number {
  const [c6, c5, c4, c3, c2, c1, c0] = LOG as [number, number, number, number, number, number, number];
  const square = f(x * x);
  const low = mad(mad(c3, x, c2), square, mad(c1, x, c0));
  const high = mad(c6, square, mad(c5, x, c4));
  const p = mad(high, f(square * square), low);
  return f(f(f(f(square * x) * p) - f(square * 0.5)) + x);
}

/** −ln u for u given as v·2^−`power`: (power − e)·ln 2 − log1p(m − 1), m between √½ and √2. */
function negativeLog(v: number, power: number): number {
  const offset = (bitsOf(v) - SQRT_HALF_BITS) | 0;
  const e = offset >> 23;
  const m = fromBits((offset & 0x7fffff) + SQRT_HALF_BITS);
  return f(f((power - e) * LN2) - logReduced(f(m - 1)));
}

/** −ln((k + ½)·2⁻³²) of 32 random bits. */
export function negativeLogUniform(k: number): number {
  const rest = (k & 1) === 1 ? 0.75 : 0.25; // (k + ½)/2 = ⌊k/2⌋ + rest
  return negativeLog(f(f(k >>> 1) + rest), 31);
}

/** −ln((k + ½)·2⁻³¹) of the low 31 bits. */
export function negativeLogUniform31(k: number): number {
  return negativeLog(f(f(k & 0x7fffffff) + 0.5), 31);
}

/** Sine and cosine of an angle in [0, π/4] made from the low 29 bits. */
export function octant(k: number): { sine: number; cosine: number } {
  const x = f(f(k & 0x1fffffff) * OCTANT);
  const square = f(x * x);
  return {
    sine: mad(f(horner(SINE, square) * square), x, x),
    cosine: f(f(f(square * square) * horner(COSINE, square)) + f(1 - f(square * 0.5))),
  };
}

/** 2^k and e^r − 1 with x = k·ln 2 + r, x clamped to ±80. */
function reduce(x: number): { two: number; rest: number } {
  const c = Math.max(Math.min(x, CLAMP), -CLAMP);
  const k = f(mad(c, LOG2E, MAGIC) - MAGIC);
  const r = f(f(c - f(k * LN2_HIGH)) - f(k * LN2_LOW));
  return { two: fromBits((k << 23) + ONE_BITS), rest: mad(f(r * r), horner(EXP, r), r) };
}

/** e^x, x clamped to ±80. */
export function exp(x: number): number {
  const { two, rest } = reduce(x);
  return f(two * f(rest + 1));
}

/** e^x − 1, x clamped to ±80. */
export function expm1(x: number): number {
  const { two, rest } = reduce(x);
  return f(f(two * rest) + f(two - 1));
}

/** √2·erf⁻¹(y) = y·P(−ln(1 − y²)) for |y| ≤ erf √2. */
export function truncatedQuantile(y: number): number {
  return f(y * horner(QUANTILE, negativeLog(f(1 - f(y * y)), 0)));
}
