import type * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { RunError } from '../../../src/errors.ts';
import { Journal } from '../../../src/run/journal.ts';
import { DRAWS, journalFiles, known, plain, probeEntries, segmentBytes } from '../../support/journal.ts';
import { folder } from '../../support/tables.ts';

type Call = 'open' | 'writev' | 'writeFile' | 'datasync' | 'close';
/** What happens instead of a call: it may do the real one. */
type Fault = (real: () => Promise<unknown>, handle: fs.FileHandle, views: Uint8Array[]) => Promise<unknown>;
const faults = vi.hoisted(() => new Map<Call, Fault>());
const calls = vi.hoisted(() => [] as Call[]);

/** The real file system, but for the calls that a test replaces. */
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof fs>();
  return {
    ...real,
    open: async (...args: Parameters<typeof fs.open>) => {
      await faults.get('open')?.(async () => {}, undefined as never, []);
      const handle = await real.open(...args);
      for (const call of ['writev', 'writeFile', 'datasync', 'close'] as const) {
        const method = handle[call].bind(handle) as (...args: unknown[]) => Promise<unknown>;
        handle[call] = ((...given: unknown[]) => {
          calls.push(call);
          const fault = faults.get(call);
          return fault === undefined
            ? method(...given)
            : fault(() => method(...given), handle, given[0] as Uint8Array[]);
        }) as never;
      }
      return handle;
    },
  };
});

afterEach(() => {
  faults.clear();
  calls.length = 0;
});

function failing(call: Call, code: string): Fault {
  return async () => {
    throw Object.assign(new Error(`${code}: words of the system, ${call}`), { code, syscall: call });
  };
}

/** As a disk that has this much room left, and says so only when it is full. */
function takingAtMost(bytes: number): Fault {
  return (_, handle, views) => handle.write(Buffer.concat(views).subarray(0, bytes));
}

describe('a disk that fails', () => {
  it.each([
    ['open', 'EACCES', 'allowed: a folder you may write to'],
    ['open', 'EMFILE', 'allowed: fewer open files'],
    ['writev', 'ENOSPC', 'free some space'],
    ['writev', 'EIO', 'see the cause'],
    ['datasync', 'EIO', 'see the cause'],
    ['datasync', 'EDQUOT', 'within its quota'],
  ] as const)('at %s with %s is a RunError of flush, and of every call after it', async (call, code, advice) => {
    const path = folder();
    faults.set(call, failing(call, code));
    const journal = new Journal(path, DRAWS);
    journal.add(probeEntries(0, 3));
    const error = await journal.flush().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RunError);
    expect((error as Error).message).toContain(`${join(path, 'journal')}: received ${code}: words of the system;`);
    expect((error as Error).message).toContain(advice);
    // Mended: too late for this session, whose tail may be torn.
    faults.clear();
    expect(() => journal.add(probeEntries(3, 4))).toThrow(error as Error);
    await expect(journal.flush()).rejects.toBe(error);
    await expect(journal.close()).rejects.toBe(error);
    await journal.discard();
    expect(calls.filter((made) => made === 'close')).toHaveLength(call === 'open' ? 0 : 1);
  });

  it('in a write that nobody waits for, is the error of the next call', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const path = folder();
      faults.set('datasync', failing('datasync', 'ENOSPC'));
      const journal = new Journal(path, DRAWS, { interval: 100 });
      journal.add(probeEntries(0, 3));
      vi.advanceTimersByTime(100);
      await vi.waitUntil(() => calls.includes('datasync'));
      await new Promise((resolve) => setImmediate(resolve));
      expect(() => journal.add(probeEntries(3, 4))).toThrow(RunError);
      await journal.discard();
    } finally {
      vi.useRealTimers();
    }
  });

  it('costs no tally that was synced before, and the next session goes on behind', async () => {
    const path = folder();
    const journal = new Journal(path, DRAWS);
    journal.add(probeEntries(0, 5));
    await journal.flush();
    // Not even one entry more.
    faults.set('writev', takingAtMost(80));
    faults.set('writeFile', failing('writeFile', 'ENOSPC'));
    journal.add(probeEntries(5, 9));
    await expect(journal.close()).rejects.toThrow(/ENOSPC/);
    faults.clear();
    expect(plain(await known(path))).toEqual(plain(probeEntries(0, 5)));
    const next = new Journal(path, DRAWS);
    next.add(probeEntries(5, 9));
    await next.close();
    expect(journalFiles(path)).toHaveLength(2);
    expect(plain(await known(path))).toEqual(plain(probeEntries(0, 9)));
  });

  it('when a segment begins, leaves one without entries', async () => {
    const path = folder();
    faults.set('writev', failing('writev', 'ENOSPC'));
    const journal = new Journal(path, DRAWS);
    journal.add(probeEntries(0, 5));
    await expect(journal.close()).rejects.toThrow(RunError);
    expect(segmentBytes(path)).toHaveLength(0);
    expect(await known(path)).toEqual([]);
  });

  it('when the segment is closed, takes nothing away', async () => {
    const path = folder();
    faults.set('close', async (real) => {
      await real();
      throw new Error('late');
    });
    const journal = new Journal(path, DRAWS);
    journal.add(probeEntries(0, 5));
    await journal.close();
    expect(plain(await known(path))).toEqual(plain(probeEntries(0, 5)));
  });
});

describe('a write', () => {
  it('goes on after a short one', async () => {
    const path = folder();
    for (const [session, bytes] of [0, 1, 75, 76, 77, 99, 100, 101, 1000].entries()) {
      faults.set('writev', takingAtMost(bytes));
      const journal = new Journal(path, DRAWS);
      journal.add(probeEntries(40 * session, 40 * session + 40));
      await journal.close();
    }
    expect(calls).toContain('writeFile');
    expect(plain(await known(path))).toEqual(plain(probeEntries(0, 360)));
  });

  it('is durable before flush resolves, and costs one sync', async () => {
    const path = folder();
    const journal = new Journal(path, DRAWS);
    journal.add(probeEntries(0, 1500));
    await journal.flush();
    // The header, and 512 entries each.
    expect(calls).toEqual(['writev', 'writev', 'writev', 'writev', 'datasync']);
    await journal.flush();
    expect(calls).toHaveLength(5);
    await journal.close();
  });

  it('waits for the one before it', async () => {
    const path = folder();
    let underWay = 0;
    let most = 0;
    const slow: Fault = async (real) => {
      most = Math.max(most, ++underWay);
      const result = await real();
      await new Promise((resolve) => setImmediate(resolve));
      underWay--;
      return result;
    };
    faults.set('writev', slow);
    faults.set('datasync', slow);
    const journal = new Journal(path, DRAWS);
    for (let block = 0; block < 30; block++) {
      journal.add(probeEntries(block, block + 1));
      void journal.flush();
      if (block % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await journal.close();
    expect(most).toBe(1);
    expect(plain(await known(path))).toEqual(plain(probeEntries(0, 30)));
  });
});
