// The order of ACTIVATION_CODES in src/model/activations.ts.
export const IDENTITY = 0;
export const LOGISTIC = 1;
export const TANH = 2;
export const RELU = 3;
export const LEAKY_RELU = 4;
export const ELU = 5;
export const GELU = 6;
export const SILU = 7;
export const SOFTPLUS = 8;
