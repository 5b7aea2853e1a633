import fs from 'node:fs';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

type Fs = typeof fs;
type FsPromises = typeof promises;

/** From now on, all modules of this process have a disk that fails on demand, between them and the real one. */
export function makeDiskFaulty(): void {
  Object.assign(fs, faultyFs({ ...fs }));
  Object.assign(promises, faultyPromises({ ...promises }));
  syncBuiltinESMExports();
}

export interface Fault {
  /** The call that fails: its number, from 1, or its name; then the first one of it. */
  readonly at: number | string;
  readonly code: string;
  /** What of the call takes place all the same; half of it only where it writes. */
  readonly done: 'nothing' | 'half' | 'all';
  /** Whether every later call fails too, without any effect, as after a power cut. */
  readonly lasting: boolean;
}

/** A call as it was seen: `renameSync tallies.arrow`. */
interface Watch {
  readonly folder: string;
  readonly fault: Fault | null;
  readonly calls: string[];
  readonly places: Map<number, string>;
  hit: string | null;
}

let watch: Watch | null = null;

/** Watches the calls on `folder` while `work` goes on, and lets one fail. Resolves to the calls and to the one that failed. */
export async function onFaultyDisk(
  folder: string,
  fault: Fault | null,
  work: () => Promise<unknown>,
): Promise<{ readonly calls: readonly string[]; readonly hit: string | null; readonly error: unknown }> {
  const mine: Watch = { folder, fault, calls: [], places: new Map(), hit: null };
  watch = mine;
  let error: unknown = null;
  try {
    await work();
  } catch (failure) {
    error = failure;
  } finally {
    watch = null;
  }
  return { calls: mine.calls, hit: mine.hit, error };
}

type Call = (...args: never[]) => unknown;

/** Names of files without what differs from run to run. */
function placeOf(folder: string, path: string): string {
  const place = path === folder ? '.' : path.slice(folder.length + 1);
  return place.replace(/^\.?([\w.]+?)\.\d[\w.]*\.tmp$/, '$1 (temporary)');
}

function systemError(code: string, call: string): Error {
  return Object.assign(new Error(`${code}: made by the test, ${call}`), { code, errno: -1, syscall: call });
}

/** What happens to the next call on `path`: goes on as it is (null), or fails as described. */
function faultOf(call: string, path: string | undefined): (Fault & { readonly error: Error }) | null {
  if (watch === null || path === undefined || !`${path}/`.startsWith(`${watch.folder}/`)) return null;
  const name = `${call} ${placeOf(watch.folder, path)}`;
  const { fault } = watch;
  watch.calls.push(name);
  if (fault === null) return null;
  const first = watch.hit === null && (fault.at === name || fault.at === watch.calls.length);
  if (first) watch.hit = name;
  else if (watch.hit === null || !fault.lasting) return null;
  return { ...fault, done: first ? fault.done : 'nothing', error: systemError(fault.code, call) };
}

const pathOf = (file: unknown): string | undefined =>
  typeof file === 'number' ? watch?.places.get(file) : String(file);

/** Calls of `node:fs` that may fail: all that change the disk, that open a file, or that read one whole or a folder. */
function faultyFs(real: Fs): Partial<Fs> {
  const faulty = (name: keyof Fs, half?: (...args: never[]) => unknown) => {
    const call = real[name] as Call;
    return (...args: never[]) => {
      const fault = faultOf(name, pathOf(args[0]));
      if (fault === null) return call(...args);
      // A descriptor is gone even when closing it fails.
      if (name === 'openSync' && fault.done === 'all') real.closeSync(call(...args) as number);
      else if (fault.done === 'all' || name === 'closeSync') call(...args);
      if (fault.done === 'half') half?.(...args);
      throw fault.error;
    };
  };
  const openSync = faulty('openSync') as (...args: unknown[]) => number;
  const halfOf = (bytes: Uint8Array) => bytes.subarray(0, bytes.byteLength >> 1);
  return {
    openSync: ((path: string, ...rest: unknown[]) => {
      const descriptor = openSync(path, ...rest);
      watch?.places.set(descriptor, path);
      return descriptor;
    }) as typeof real.openSync,
    writeSync: faulty('writeSync', (file: number, bytes: Uint8Array) => real.writeSync(file, halfOf(bytes))),
    writeFileSync: faulty('writeFileSync', (file: number, content: string | Uint8Array) =>
      real.writeFileSync(file, halfOf(Buffer.from(content))),
    ),
    ...Object.fromEntries(
      (
        [
          'fsyncSync',
          'closeSync',
          'renameSync',
          'linkSync',
          'mkdirSync',
          'rmSync',
          'rmdirSync',
          'unlinkSync',
          'utimesSync',
          'readFileSync',
          'readdirSync',
        ] as const
      ).map((name) => [name, faulty(name)]),
    ),
    createReadStream: ((path: string, options: object) => {
      const stream = real.createReadStream(path, options);
      const fault = faultOf('createReadStream', path);
      if (fault !== null) stream.destroy(fault.error);
      return stream;
    }) as typeof real.createReadStream,
  } as Partial<Fs>;
}

/** `node:fs/promises` likewise, as far as the code under test uses it. */
function faultyPromises(real: FsPromises): Partial<FsPromises> {
  const guarded = async <T>(
    name: string,
    path: string,
    work: () => Promise<T>,
    half?: () => Promise<unknown>,
  ): Promise<T> => {
    const fault = faultOf(name, path);
    if (fault === null) return work();
    if (name === 'close' || (fault.done === 'all' && name !== 'open')) await work();
    else if (fault.done !== 'nothing') await half?.();
    throw fault.error;
  };
  const open = async (path: string, ...rest: never[]) => {
    const file = await guarded(
      'open',
      path,
      () => real.open(path, ...rest),
      async () => (await real.open(path, ...rest)).close(),
    );
    return {
      writev: (views: readonly Uint8Array[]) =>
        guarded(
          'writev',
          path,
          () => file.writev(views),
          async () => {
            const bytes = Buffer.concat(views);
            await file.write(bytes.subarray(0, bytes.byteLength >> 1));
          },
        ),
      writeFile: (bytes: Uint8Array) => guarded('writeFile', path, () => file.writeFile(bytes)),
      sync: () => guarded('sync', path, () => file.sync()),
      datasync: () => guarded('datasync', path, () => file.datasync()),
      close: () => guarded('close', path, () => file.close()),
    };
  };
  return { open: open as unknown as FsPromises['open'] };
}
