import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { diskReadError, refusePipe } from '../tables/disk-error.ts';

/** Lower-case hexadecimal SHA-256 of a file's bytes. @throws RunDirectoryError when they can't be read */
export async function sha256OfFile(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  try {
    refusePipe(path);
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
      hash.update(chunk as Buffer);
      signal?.throwIfAborted();
    }
  } catch (error) {
    throw diskReadError(error, path);
  }
  return hash.digest('hex');
}
