import { type ArrayBufferViewInput, AsyncByteQueue, toUint8Array } from './arrow.ts';

/** Takes bytes and is done with them when it returns. */
export interface ByteTarget {
  write(bytes: Uint8Array): void;
}

/**
 * Hands each chunk of an Arrow writer on before `write` returns. apache-arrow's own queue keeps views instead, so it grows with
 * the file and a reused typed array would change earlier batches.
 */
export class FileSink extends AsyncByteQueue<Uint8Array> {
  readonly #target: ByteTarget;

  constructor(target: ByteTarget) {
    super();
    this.#target = target;
  }

  override write(chunk: ArrayBufferViewInput): void {
    this.#target.write(toUint8Array(chunk));
  }
}
