/** A tally that is a list of numbers, little-endian as all hosts of Node are; `bytes` start at a multiple of 8. A view, nothing is copied. */
export function vectorOf(bytes: Uint8Array): Float64Array {
  return new Float64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8);
}

/** The inverse of {@link vectorOf}. */
export function bytesOf(values: Float64Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
