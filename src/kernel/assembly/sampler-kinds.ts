// The order of SAMPLER_KINDS in src/random/sampler.ts.
export const CONSTANT = 0;
export const UNIFORM = 1;
export const NORMAL = 2;
export const TRUNCATED_NORMAL = 3;
export const SIGN = 4;
export const BERNOULLI = 5;
export const SPARSE = 6;
export const EXPONENTIAL = 7;
export const LAPLACE = 8;
export const LOGNORMAL = 9;
export const STUDENT_T = 10;
export const TABLE = 11;
export const EQUICORRELATED = 12;
export const AR1 = 13;
export const ROWS = 14;
export const SQUARED_NORMAL = 15;
