/** Special functions on top of `elementary.ts`, with the same promise: the same bits everywhere. */
export { betaInc, logBeta } from './beta.ts';
export { clopperPearsonUpper } from './binomial.ts';
export * from './error-function.ts';
export { logGamma } from './gamma.ts';
export { normalCdf, normalMass, normalPdf, normalQuantile } from './normal.ts';
export { studentTCdf, studentTPdf, studentTQuantile } from './student-t.ts';
