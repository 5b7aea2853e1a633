// The three matrix products of a layer. Four results are formed side by side, because one running sum waits for its last
// addition; each result is summed in the same order wherever it stands, so that units with equal weights have equal values
// to the last bit (which `unit_spread` 0 relies on). Plain multiplications and additions, rounded one by one.

/**
 * out[s, j] = bias[j] + Σ_k weights[j, k]·inputs[s, k].
 *
 * @param inputs rows × fanIn, row-major
 * @param theta holds the weights (fanOut × fanIn, row-major) from `at`, and the biases behind them
 * @param out rows × fanOut, row-major
 */
export function affine(
  inputs: Float64Array,
  theta: Float64Array,
  at: number,
  out: Float64Array,
  rows: number,
  fanIn: number,
  fanOut: number,
): void {
  const biases = at + fanIn * fanOut;
  const whole = fanOut - (fanOut % 4);
  for (let s = 0; s < rows; s++) {
    const x = s * fanIn;
    const y = s * fanOut;
    for (let j = 0; j < whole; j += 4) {
      const w = at + j * fanIn;
      let a = 0;
      let b = 0;
      let c = 0;
      let d = 0;
      for (let k = 0, i = w; k < fanIn; k++, i++) {
        const input = inputs[x + k] as number;
        a += (theta[i] as number) * input;
        b += (theta[i + fanIn] as number) * input;
        c += (theta[i + 2 * fanIn] as number) * input;
        d += (theta[i + 3 * fanIn] as number) * input;
      }
      out[y + j] = a + (theta[biases + j] as number);
      out[y + j + 1] = b + (theta[biases + j + 1] as number);
      out[y + j + 2] = c + (theta[biases + j + 2] as number);
      out[y + j + 3] = d + (theta[biases + j + 3] as number);
    }
    for (let j = whole; j < fanOut; j++) {
      let w = at + j * fanIn;
      let sum = 0;
      for (let k = x; k < x + fanIn; k++) sum += (theta[w++] as number) * (inputs[k] as number);
      out[y + j] = sum + (theta[biases + j] as number);
    }
  }
}

/**
 * gradient[j, k] = factor·Σ_s delta[s, j]·inputs[s, k], and behind them factor·Σ_s delta[s, j] for the biases. The factor comes last,
 * so that deltas that cancel exactly leave exactly 0.
 */
export function weightGradient(
  inputs: Float64Array,
  delta: Float64Array,
  gradient: Float64Array,
  at: number,
  rows: number,
  fanIn: number,
  fanOut: number,
  factor: number,
): void {
  const whole = fanOut - (fanOut % 4);
  for (let j = 0; j < whole; j += 4) gradientOfFour(inputs, delta, gradient, at, rows, fanIn, fanOut, factor, j);
  for (let j = whole; j < fanOut; j++) gradientOfOne(inputs, delta, gradient, at, rows, fanIn, fanOut, factor, j);
}

/** Four units side by side, one input after another: layers with few inputs, such as the first, have many units. */
function gradientOfFour(
  inputs: Float64Array,
  delta: Float64Array,
  gradient: Float64Array,
  at: number,
  rows: number,
  fanIn: number,
  fanOut: number,
  factor: number,
  j: number,
): void {
  const biases = at + fanIn * fanOut + j;
  for (let k = 0; k < fanIn; k++) {
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let s = 0, i = k, y = j; s < rows; s++, i += fanIn, y += fanOut) {
      const input = inputs[i] as number;
      a += (delta[y] as number) * input;
      b += (delta[y + 1] as number) * input;
      c += (delta[y + 2] as number) * input;
      d += (delta[y + 3] as number) * input;
    }
    const w = at + j * fanIn + k;
    gradient[w] = factor * a;
    gradient[w + fanIn] = factor * b;
    gradient[w + 2 * fanIn] = factor * c;
    gradient[w + 3 * fanIn] = factor * d;
  }
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let s = 0, y = j; s < rows; s++, y += fanOut) {
    a += delta[y] as number;
    b += delta[y + 1] as number;
    c += delta[y + 2] as number;
    d += delta[y + 3] as number;
  }
  gradient[biases] = factor * a;
  gradient[biases + 1] = factor * b;
  gradient[biases + 2] = factor * c;
  gradient[biases + 3] = factor * d;
}

/** One unit, four inputs side by side. */
function gradientOfOne(
  inputs: Float64Array,
  delta: Float64Array,
  gradient: Float64Array,
  at: number,
  rows: number,
  fanIn: number,
  fanOut: number,
  factor: number,
  j: number,
): void {
  const w = at + j * fanIn;
  const whole = fanIn - (fanIn % 4);
  for (let k = 0; k < whole; k += 4) {
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let s = 0, i = k, y = j; s < rows; s++, i += fanIn, y += fanOut) {
      const error = delta[y] as number;
      a += error * (inputs[i] as number);
      b += error * (inputs[i + 1] as number);
      c += error * (inputs[i + 2] as number);
      d += error * (inputs[i + 3] as number);
    }
    gradient[w + k] = factor * a;
    gradient[w + k + 1] = factor * b;
    gradient[w + k + 2] = factor * c;
    gradient[w + k + 3] = factor * d;
  }
  for (let k = whole; k < fanIn; k++) {
    let sum = 0;
    for (let s = 0, i = k, y = j; s < rows; s++, i += fanIn, y += fanOut)
      sum += (delta[y] as number) * (inputs[i] as number);
    gradient[w + k] = factor * sum;
  }
  let sum = 0;
  for (let s = 0, y = j; s < rows; s++, y += fanOut) sum += delta[y] as number;
  gradient[at + fanIn * fanOut + j] = factor * sum;
}

/** below[s, k] = derivative[s, k]·Σ_j delta[s, j]·weights[j, k]: the error of the layer below. */
export function backward(
  delta: Float64Array,
  theta: Float64Array,
  at: number,
  derivative: Float64Array,
  below: Float64Array,
  rows: number,
  fanIn: number,
  fanOut: number,
): void {
  const whole = fanIn - (fanIn % 4);
  for (let s = 0; s < rows; s++) {
    const y = s * fanOut;
    const x = s * fanIn;
    for (let k = 0; k < whole; k += 4) {
      let a = 0;
      let b = 0;
      let c = 0;
      let d = 0;
      for (let j = 0, w = at + k; j < fanOut; j++, w += fanIn) {
        const error = delta[y + j] as number;
        a += error * (theta[w] as number);
        b += error * (theta[w + 1] as number);
        c += error * (theta[w + 2] as number);
        d += error * (theta[w + 3] as number);
      }
      below[x + k] = a * (derivative[x + k] as number);
      below[x + k + 1] = b * (derivative[x + k + 1] as number);
      below[x + k + 2] = c * (derivative[x + k + 2] as number);
      below[x + k + 3] = d * (derivative[x + k + 3] as number);
    }
    for (let k = whole; k < fanIn; k++) {
      let sum = 0;
      for (let j = 0, w = at + k; j < fanOut; j++, w += fanIn) sum += (delta[y + j] as number) * (theta[w] as number);
      below[x + k] = sum * (derivative[x + k] as number);
    }
  }
}
