import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it, vi } from 'vitest';
import { RunDirectoryError, RunError, StoppedError } from '../../../src/errors.ts';
import { Journal } from '../../../src/run/journal.ts';
import { removeJournal } from '../../../src/run/journal-folder.ts';
import { JournalTallies } from '../../../src/run/journal-tallies.ts';
import {
  DRAWS,
  EVERYTHING,
  HEADER,
  journalFiles,
  known,
  plain,
  probeEntries,
  probeEntry,
  segmentBytes,
  segmentPath,
  wholeBytes,
  writeSegment,
} from '../../support/journal.ts';
import { folder } from '../../support/tables.ts';

describe('the journal', () => {
  it('gives back what was noted, byte for byte', async () => {
    const path = folder();
    await writeSegment(path, probeEntries(0, 700));
    expect(plain(await known(path))).toEqual(plain(probeEntries(0, 700)));
    const tallies = await JournalTallies.open(path, DRAWS);
    expect(tallies.count).toBe(700);
    expect(wholeBytes(segmentPath(path))).toBe(statSync(segmentPath(path)).size);
  });

  it('takes records that lie in shared memory, padded ones and the longest one', async () => {
    const path = folder();
    const longest = probeEntry(0, 2 ** 16);
    const shared = new Uint8Array(new SharedArrayBuffer(longest.record.length), 0);
    shared.set(longest.record);
    const padded = new Uint8Array(200);
    padded.set(probeEntry(1, 6).record);
    const entries = [
      { ...longest, record: shared },
      { ...probeEntry(1), record: padded.subarray(0, 184) },
    ];
    await writeSegment(path, entries);
    expect(plain(await known(path))).toEqual(plain(entries));
  });

  it('keeps positions of every size', async () => {
    const path = folder();
    const most = 2 ** 32 - 2;
    const position = { input: most, fanIn: most - 1, shape: most - 2, block: most - 3 };
    await writeSegment(path, [{ ...probeEntry(0), position }]);
    const found = await known(path, { inputs: [most, most + 1], fanIns: [most - 1, most], blocks: [0, most] });
    expect(found.map((entry) => entry.position)).toEqual([position]);
  });

  it('begins a segment with each session, and reads them all', async () => {
    const path = folder();
    for (let session = 0; session < 12; session++)
      await writeSegment(path, probeEntries(10 * session, 10 * session + 10));
    expect(journalFiles(path)).toHaveLength(12);
    expect(journalFiles(path).at(-1)).toBe('000012.journal');
    expect(plain(await known(path))).toEqual(plain(probeEntries(0, 120)));
  });

  it('never writes into a segment that is there, whatever its number', async () => {
    const path = folder();
    await writeSegment(path, [probeEntry(0)]);
    await writeSegment(path, [probeEntry(1)]);
    rmSync(segmentPath(path, 1));
    writeFileSync(segmentPath(path, 3), '');
    await writeSegment(path, [probeEntry(2)]);
    await writeSegment(path, [probeEntry(3)]);
    expect(plain(await known(path))).toEqual(plain(probeEntries(1, 4)));
    expect(statSync(segmentPath(path, 3)).size).toBe(0);
  });

  it('counts a tally once that was written twice, in one segment or in two', async () => {
    const path = folder();
    await writeSegment(path, [...probeEntries(0, 20), ...probeEntries(10, 30)]);
    await writeSegment(path, probeEntries(25, 40));
    const tallies = await JournalTallies.open(path, DRAWS);
    expect(tallies.count).toBe(40);
    expect(plain(await known(path))).toEqual(plain(probeEntries(0, 40)));
  });

  it('loads the tallies of a group, and no others', async () => {
    const path = folder();
    const entries = probeEntries(0, 300);
    await writeSegment(path, entries.slice(150).reverse());
    await writeSegment(path, entries.slice(0, 150));
    const within = (value: number, [from, to]: readonly [number, number]): boolean => from <= value && value < to;
    for (const group of [
      { inputs: [0, 1], fanIns: [0, 4], blocks: [0, 300] },
      { inputs: [1, 3], fanIns: [0, 4], blocks: [0, 300] },
      { inputs: [2, 3], fanIns: [1, 3], blocks: [0, 300] },
      { inputs: [0, 3], fanIns: [0, 4], blocks: [97, 203] },
      { inputs: [2, 3], fanIns: [3, 4], blocks: [11, 12] },
      { inputs: [3, 9], fanIns: [0, 4], blocks: [0, 300] },
    ] as const) {
      const expected = entries.filter(
        ({ position }) =>
          within(position.input, group.inputs) &&
          within(position.fanIn, group.fanIns) &&
          within(position.block, group.blocks),
      );
      expect(plain(await known(path, group))).toEqual(plain(expected));
    }
  });

  it('reads a group in the order of the disk', async () => {
    const path = folder();
    const blocks = [7, 3, 11, 0, 5, 9];
    await writeSegment(
      path,
      blocks.slice(0, 3).map((block) => probeEntry(block)),
    );
    await writeSegment(
      path,
      blocks.slice(3).map((block) => probeEntry(block)),
    );
    const found: number[] = [];
    const tallies = await JournalTallies.open(path, DRAWS);
    await tallies.load(EVERYTHING, ({ block }) => found.push(block));
    expect(found).toEqual(blocks);
  });

  it('knows nothing where there is no journal, or only one of other draws', async () => {
    const path = folder();
    expect((await JournalTallies.open(path, DRAWS)).count).toBe(0);
    await writeSegment(path, probeEntries(0, 5), 'cd'.repeat(32));
    expect(await known(path)).toEqual([]);
    await writeSegment(path, probeEntries(5, 9));
    expect(plain(await known(path))).toEqual(plain(probeEntries(5, 9)));
  });

  it('leaves out what was damaged after it was opened, and stops loading once closed', async () => {
    const path = folder();
    await writeSegment(path, probeEntries(0, 600));
    const tallies = await JournalTallies.open(path, DRAWS);
    const bytes = segmentBytes(path);
    bytes[HEADER + 30] = (bytes[HEADER + 30] as number) ^ 1;
    writeFileSync(segmentPath(path), bytes);
    let loaded = 0;
    await tallies.load(EVERYTHING, () => loaded++);
    expect(loaded).toBe(599);
    loaded = 0;
    const stopped = tallies.load(EVERYTHING, () => {
      if (++loaded === 300) tallies.close();
    });
    await expect(stopped).rejects.toThrow(StoppedError);
    expect(loaded).toBe(300);
  });

  it('says which file the system refuses to read', async () => {
    const path = folder();
    writeFileSync(join(path, 'journal'), '');
    const open = JournalTallies.open(path, DRAWS);
    await expect(open).rejects.toThrow(RunDirectoryError);
    await expect(open).rejects.toThrow(`${join(path, 'journal')}: received ENOTDIR`);
  });

  it('can be removed, without what is not its own', async () => {
    const path = folder();
    removeJournal(path);
    await writeSegment(path, [probeEntry(0)]);
    await writeSegment(path, [probeEntry(1)]);
    removeJournal(path);
    expect(readdirSync(path)).toEqual([]);
    await writeSegment(path, [probeEntry(0)]);
    writeFileSync(join(path, 'journal', 'notes.txt'), 'mine');
    removeJournal(path);
    expect(journalFiles(path)).toEqual(['notes.txt']);
  });

  it.runIf(process.platform === 'linux')('leaves no descriptor open', async () => {
    const path = folder();
    const open = (): number => readdirSync('/proc/self/fd').length;
    await writeSegment(path, probeEntries(0, 3));
    const before = open();
    for (let i = 0; i < 20; i++) {
      await writeSegment(path, [probeEntry(10 + i)]);
      expect(await known(path)).toHaveLength(4 + i);
      await known(path, EVERYTHING, 'cd'.repeat(32));
    }
    expect(open()).toBeLessThan(before + 10);
  });
});

describe('foreign files in the folder of the journal', () => {
  it('are passed over, and stay', async () => {
    const path = folder();
    await writeSegment(path, probeEntries(0, 3));
    const journal = join(path, 'journal');
    writeFileSync(join(journal, '000002.journal'), '');
    writeFileSync(join(journal, '000003.journal'), 'To whom it may concern: '.repeat(100));
    writeFileSync(join(journal, '1.journal'), segmentBytes(path));
    writeFileSync(join(journal, '000001.journal.bak'), segmentBytes(path));
    mkdirSync(join(journal, '000004.journal'));
    const tallies = await JournalTallies.open(path, DRAWS);
    expect(tallies.count).toBe(3);
    expect(wholeBytes(segmentPath(path))).toBe(segmentBytes(path).length);
    removeJournal(path);
    expect(journalFiles(path)).toEqual(['000001.journal.bak', '000004.journal', '1.journal']);
  });
});

describe('when a journal writes', () => {
  it('not before the interval is over, and then by itself', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const path = folder();
      const journal = new Journal(path, DRAWS, { interval: 2000 });
      journal.add(probeEntries(0, 5));
      vi.advanceTimersByTime(1500);
      journal.add(probeEntries(5, 9));
      vi.advanceTimersByTime(499);
      expect(vi.getTimerCount()).toBe(1);
      expect(journalFiles(path)).toEqual([]);
      vi.advanceTimersByTime(1);
      expect(vi.getTimerCount()).toBe(0);
      // Waits for the write that the timer began, and adds none.
      await journal.flush();
      expect(plain(await known(path))).toEqual(plain(probeEntries(0, 9)));
      journal.add(probeEntries(9, 12));
      expect(vi.getTimerCount()).toBe(1);
      await journal.close();
      expect(vi.getTimerCount()).toBe(0);
      expect(journalFiles(path)).toEqual(['000001.journal']);
      expect(plain(await known(path))).toEqual(plain(probeEntries(0, 12)));
    } finally {
      vi.useRealTimers();
    }
  });

  it('nothing of a run that needs it no more, nor one without tallies', async () => {
    const path = folder();
    const short = new Journal(path, DRAWS);
    short.add(probeEntries(0, 5));
    await short.discard();
    const idle = new Journal(path, DRAWS);
    idle.add([]);
    await idle.flush();
    await idle.close();
    expect(readdirSync(path)).toEqual([]);
  });

  it('also what is noted while a write is under way, in order', async () => {
    const path = folder();
    const journal = new Journal(path, DRAWS);
    journal.add(probeEntries(0, 2000));
    const first = journal.flush();
    // By now the write has begun.
    await new Promise((resolve) => setImmediate(resolve));
    journal.add(probeEntries(2000, 2100));
    await first;
    expect((await JournalTallies.open(path, DRAWS)).count).toBe(2000);
    const second = journal.flush();
    const third = journal.flush();
    journal.add(probeEntries(2100, 2200));
    await Promise.all([second, third]);
    await journal.close();
    const found: number[] = [];
    await (await JournalTallies.open(path, DRAWS)).load(EVERYTHING, ({ block }) => found.push(block));
    expect(found).toEqual(Array.from({ length: 2200 }, (_, block) => block));
  });

  it('reads the bytes before flush resolves: they may change after it', async () => {
    const path = folder();
    const journal = new Journal(path, DRAWS);
    const entry = probeEntry(0);
    journal.add([entry]);
    await journal.flush();
    const expected = plain([probeEntry(0)]);
    entry.record.fill(0);
    await journal.close();
    expect(plain(await known(path))).toEqual(expected);
  });

  it('keeps nothing of what it wrote', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const heap = (): number => {
      collect();
      return process.memoryUsage().heapUsed;
    };
    const journal = new Journal(folder(), DRAWS);
    const { record } = probeEntry(0);
    let before = 0;
    for (let batch = 0; batch < 220; batch++) {
      // After the first ones, which the engine warms up with.
      if (batch === 20) before = heap();
      journal.add(Array.from({ length: 500 }, (_, i) => ({ ...probeEntry(500 * batch + i), record })));
      await journal.flush();
    }
    // 100,000 entries; kept, they would take 10 MB.
    expect(heap() - before).toBeLessThan(2e6);
    await journal.close();
  });

  it('never makes a run directory that was removed meanwhile', async () => {
    const path = join(folder(), 'gone');
    const journal = new Journal(path, DRAWS);
    journal.add([probeEntry(0)]);
    await expect(journal.close()).rejects.toThrow(RunError);
    expect(statSync(path, { throwIfNoEntry: false })).toBeUndefined();
  });
});
