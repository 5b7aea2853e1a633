import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { writeLines } from '../../../src/cli/output.ts';

/** Accepts `capacity` bytes, then fails like a pipe whose reader is gone. */
class Pipe extends Writable {
  text = '';
  readonly #capacity: number;
  readonly #code: string;

  constructor(capacity = Number.POSITIVE_INFINITY, code = 'EPIPE') {
    super({ highWaterMark: 1024 });
    this.#capacity = capacity;
    this.#code = code;
  }

  override _write(chunk: Buffer, _: string, done: (error?: Error) => void): void {
    if (this.text.length + chunk.length > this.#capacity) {
      done(Object.assign(new Error('write failed'), { code: this.#code }));
      return;
    }
    this.text += chunk.toString();
    setImmediate(done);
  }
}

function* lines(count: number, seen: { lines: number }): Generator<string> {
  for (let i = 0; i < count; i++) {
    seen.lines++;
    yield `line ${i}`;
  }
}

it('writes every line, in order', async () => {
  const pipe = new Pipe();
  await writeLines(lines(50_000, { lines: 0 }), pipe);
  expect(pipe.text.split('\n')).toEqual([...Array.from({ length: 50_000 }, (_, i) => `line ${i}`), '']);
});

it('ends quietly when the reader leaves, without making the rest', async () => {
  const seen = { lines: 0 };
  await writeLines(lines(1_000_000, seen), new Pipe(100_000));
  expect(seen.lines).toBeLessThan(100_000);
});

it('passes other failures on', async () => {
  await expect(writeLines(lines(10, { lines: 0 }), new Pipe(0, 'ENOSPC'))).rejects.toThrow('write failed');
});
