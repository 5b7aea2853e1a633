/**
 * exp, log and their relatives from + − × ÷ √ and bit operations only: the same bits on every engine and processor, which
 * `Math.exp` and its kin do not promise. Each is straight-line arithmetic with selects at the end, so that the SIMD kernel
 * repeats it operation for operation; the numbered steps in the comments are that contract.
 *
 * The coefficients are this project's own: interpolation at Chebyshev nodes in 60-digit arithmetic, rounded to double.
 * Measured errors are in test/unit/numeric/known-answers.test.ts.
 */
export * from './exponential.ts';
export * from './logarithm.ts';
export * from './power.ts';
export * from './trigonometric.ts';
