import { isClosedPipe, outputError } from './streams.ts';

const CHUNK = 65536;

/**
 * Writes lines to a stream as fast as it takes them. A reader that leaves early (`initsweep show RUN | head`) ends the
 * writing without an error.
 * @throws RunError when the stream fails
 */
export async function writeLines(
  lines: Iterable<string>,
  stream: NodeJS.WritableStream = process.stdout,
): Promise<void> {
  let failure: NodeJS.ErrnoException | null = null;
  const onError = (error: NodeJS.ErrnoException): void => {
    failure = error;
  };
  stream.on('error', onError);
  try {
    let pending = '';
    for (const line of lines) {
      pending += `${line}\n`;
      if (pending.length < CHUNK) continue;
      await write(stream, pending);
      pending = '';
      if (failure !== null) break;
    }
    if (failure === null && pending !== '') await write(stream, pending);
  } finally {
    stream.off('error', onError);
  }
  if (failure !== null && !isClosedPipe(failure)) throw outputError(failure);
}

async function write(stream: NodeJS.WritableStream, text: string): Promise<void> {
  const written = new Promise<void>((resolve) => {
    stream.write(text, () => resolve());
  });
  // After a broken pipe the callback comes with the error; both are in `failure` by then.
  await written;
}
