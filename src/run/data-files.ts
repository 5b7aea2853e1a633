import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { RunDirectoryError } from '../errors.ts';
import { dataDigests } from '../model/data-digests.ts';
import type { Datasets } from '../model/spec.ts';
import { sha256 } from '../random/sha256.ts';
import { writeFileAtomically } from './atomic-file.ts';
import { makeDirectory } from './make-directory.ts';
import { readOwnFile } from './own-file.ts';
import type { RunDirectory } from './run-directory.ts';

/** Where the values of data files are kept. */
export const DATA = 'data';

/** Values of data files, and what a killed run left of one. */
const DATA_FILE = /^\.?[0-9a-f]{64}\.f32(\..*\.tmp)?$/;

/** Whether a run's data folder holds nothing else. */
export function isOwnData(path: string): boolean {
  return readdirSync(join(path, DATA)).every((name) => DATA_FILE.test(name));
}

/** Removes the values of data files, and their folder if it is empty then. */
export function clearData(path: string): void {
  const folder = join(path, DATA);
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) if (DATA_FILE.test(name)) rmSync(join(folder, name), { force: true });
  if (readdirSync(folder).length === 0) rmdirSync(folder);
}

/** Keeps the values of data files beside a run, where they are not there yet. Returns the SHA-256 of each file by digest. */
export function keepDatasets(path: string, datasets: Datasets): Record<string, string> {
  const data: Record<string, string> = {};
  for (const [digest, values] of datasets) {
    makeDirectory(join(path, DATA));
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    data[digest] = sha256(bytes);
    const file = dataFile(path, digest);
    const there = readOwnFile(file);
    if (there === null || sha256(there) !== data[digest]) writeFileAtomically(file, bytes);
  }
  return data;
}

/** The values of a run's data files, kept beside it. @throws RunDirectoryError when one is missing or damaged */
export function datasetsOf({ path, sweep }: Pick<RunDirectory, 'path' | 'sweep'>): Datasets {
  return new Map(
    dataDigests(sweep.spec).map((digest) => {
      const file = dataFile(path, digest);
      const bytes = readOwnFile(file);
      if (bytes !== null && sha256(bytes) === sweep.data[digest])
        return [digest, new Float32Array(Uint8Array.from(bytes).buffer)];
      throw new RunDirectoryError({
        where: file,
        received: bytes === null ? 'no such file' : 'a damaged file',
        allowed: 'the values of an empirical input, as the run keeps them',
        remedy: 'run the sweep again with --fresh',
      });
    }),
  );
}

function dataFile(path: string, digest: string): string {
  // What `sweep.json` says becomes a path.
  if (!/^[0-9a-f]{64}$/.test(digest))
    throw new RunDirectoryError({ where: path, received: 'a data digest that is none' });
  return join(path, DATA, `${digest}.f32`);
}
