import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RecordBatchFileWriter, tableFromArrays, tableToIPC } from 'apache-arrow';
import { CompressionType } from 'apache-arrow/fb/compression-type';
import { Compression, Table as ParquetTable, WriterPropertiesBuilder, writeParquet } from 'parquet-wasm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LoadedSweep, parseSweep } from '../../../src/config/load.ts';
import { resolveInput } from '../../../src/model/inputs.ts';
import type { InputSpec, SweepSpec } from '../../../src/model/spec.ts';
import { readArrowColumns } from '../../../src/tables/columns-of.ts';
import { complaint, configText } from '../../support/config-text.ts';
import { layerSweep } from '../../support/layer-sweep.ts';
import { registerZstd } from '../../support/zstd.ts';

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'initsweep-data-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const save = (file: string, content: string | Uint8Array): void => writeFileSync(join(directory, file), content);

const load = (input: string, fanIn = '[1, 2]'): Promise<LoadedSweep<SweepSpec>> =>
  parseSweep(configText({ inputs: `[{kind: empirical, ${input}}]`, fanIn }), {
    file: 'sweep.yaml',
    directory,
    readArrow: readArrowColumns,
  }).then(layerSweep);

const factsOf = async (input: string, fanIn?: string) => (await load(input, fanIn)).spec.inputs[0]?.dataset ?? null;

describe('values of a CSV column', () => {
  beforeAll(() => save('xy.csv', '# source\nx,y\n1,10\n2, 20\n"3",1e1\n6,40\n'));

  it('are standardised to mean 0 and variance 1', async () => {
    const { spec, datasets } = await load('file: xy.csv, column: x');
    const facts = spec.inputs[0]?.dataset;
    // x = 1, 2, 3, 6: mean 3, population variance 3.5.
    expect(facts).toMatchObject({ file: 'xy.csv', column: 'x', draw: 'values', rows: 4, columns: 1, location: 3 });
    expect(facts?.spread).toBeCloseTo(Math.sqrt(3.5), 14);
    // Third central moment (−8 − 1 + 27)/4 = 4.5, fourth (16 + 1 + 81)/4 = 24.5.
    expect(facts?.moments?.slice(0, 3)).toEqual([1, 0, 1]);
    expect(facts?.moments?.[3]).toBeCloseTo(4.5 / 3.5 ** 1.5, 6);
    expect(facts?.moments?.[4]).toBeCloseTo(24.5 / 3.5 ** 2, 6);
    const values = datasets.get(facts?.digest ?? '');
    expect(values).toEqual(Float32Array.from([-2, -1, 0, 3], (v) => v / Math.sqrt(3.5)));
  });

  it('are kept as they are when raw, under a digest of their own', async () => {
    const raw = await load('file: xy.csv, column: 1, standardize: false');
    const facts = raw.spec.inputs[0]?.dataset;
    expect(facts).toMatchObject({ column: 'y', location: null, spread: null });
    expect(facts?.moments?.slice(0, 3)).toEqual([1, 20, 550]);
    // Deviations −10, 0, −10, 20.
    expect(facts?.central?.slice(0, 5)).toEqual([1, 0, 150, 1500, 45000]);
    expect([...(raw.datasets.get(facts?.digest ?? '') ?? [])]).toEqual([10, 20, 10, 40]);
    // python3 -c "import hashlib,struct; print(hashlib.sha256(struct.pack('<4d',10,20,10,40)).hexdigest())"
    expect(facts?.digest).toBe('b1a0105301e933b90462a3785325b2550c8bdeb17737489a33ca79d801dd10a3');
    expect((await factsOf('file: xy.csv, column: y'))?.digest).not.toBe(facts?.digest);
  });

  it('keep the digits of their central moments far from 0', async () => {
    save('far.csv', 'x\n100001\n100003\n');
    const { spec, datasets } = await load('file: far.csv, standardize: false');
    expect(resolveInput(spec.inputs[0] as InputSpec, datasets).central).toEqual([1, 0, 1, 0, 1, 0, 1, 0, 1]);
  });

  it('need no column name where there is one column, and no header', async () => {
    save('one.csv', '1\n2\n\n4\n');
    expect(await factsOf('file: one.csv, standardize: false')).toMatchObject({ rows: 3, column: '0' });
    save('headed.csv', 'pixels\r\n1\r\n2\r\n');
    expect(await factsOf('file: headed.csv, standardize: false')).toMatchObject({ rows: 2, column: 'pixels' });
    save('labelled.csv', '5.1,setosa\n4.9,setosa\n');
    expect(await factsOf('file: labelled.csv, column: 0')).toMatchObject({ rows: 2, column: '0' });
    save('tabs.tsv', 'a\tb\n1\t2\n3\t4\n');
    expect(await factsOf('file: tabs.tsv, column: b')).toMatchObject({ rows: 2, location: 3 });
  });
});

/** E (±d)^k of equal shares, k = 0…8. */
const evenPowersOf = (d: number) => Array.from({ length: 9 }, (_, k) => (k % 2 === 0 ? d ** k : 0));

describe('whole rows', () => {
  it('have moments at each fan-in', async () => {
    save('rows.csv', 'a,b,c\n1,2,0\n-1,0,3\n');
    const facts = await factsOf('file: rows.csv, draw: rows, standardize: false', '[1, 3]');
    expect(facts).toMatchObject({ column: null, draw: 'rows', rows: 2, columns: 3, moments: null });
    expect(facts?.rowMoments).toEqual([
      {
        fanIn: 1,
        norm2: 1,
        norm4: 1,
        norm8: 1,
        sumFourth: 1,
        sumCentre: 0,
        sumMean: 0,
        sumCentral: evenPowersOf(1),
      },
      // ‖x‖² = 5 and 10; Σx = 3 and 2.
      {
        fanIn: 3,
        norm2: 7.5,
        norm4: 62.5,
        norm8: 5312.5,
        sumFourth: 49.5,
        sumCentre: 2.5,
        sumMean: 2.5,
        sumCentral: evenPowersOf(0.5),
      },
    ]);
  });

  it('have the sums that kernels come to, which round where entries cancel', async () => {
    save('shares.csv', '.1,.2,.7\n.3,.3,.4\n.6,.25,.15\n');
    const facts = await factsOf('file: shares.csv, draw: rows, standardize: false', '[2, 3]');
    const f = Math.fround;
    const rows = [
      [f(0.1), f(0.2), f(0.7)],
      [f(0.3), f(0.3), f(0.4)],
      [f(0.6), f(0.25), f(0.15)],
    ] as const;
    const means = [0, 1, 2].map((i) => rows.reduce((sum, row) => sum + (row[i] as number), 0) / 3) as [
      number,
      number,
      number,
    ];
    const sums = rows.map(([a, b, c]) => f(f(f(a - means[0]) + f(b - means[1])) + f(c - means[2])));
    const bias = sums.reduce((sum, s) => sum + s, 0) / 3;
    const [two, three] = facts?.rowMoments ?? [];
    expect(three?.sumCentre).toBeCloseTo(1, 7);
    expect((three?.sumMean ?? 0) - (three?.sumCentre ?? 0)).toBeCloseTo(bias, 15);
    const variance = sums.reduce((sum, s) => sum + (s - bias) ** 2, 0) / 3;
    expect(variance).toBeGreaterThan(0);
    expect((three?.sumCentral[2] ?? 0) / variance).toBeCloseTo(1, 9);
    // Sums .3, .6 and .85.
    expect(two?.sumCentral[2]).toBeCloseTo((0.3 ** 2 + 0.6 ** 2 + 0.85 ** 2) / 3 - (1.75 / 3) ** 2, 6);
  });

  it('must be as long as the largest fan-in', async () => {
    save('rows.csv', 'a,b,c\n1,2,0\n-1,0,3\n');
    expect(await complaint(load('file: rows.csv, draw: rows', '[1, 4]'))).toBe(
      'sweep.yaml:3:34 inputs[0].file, rows.csv: received rows of 3 values; allowed: fan-in at most 3 with draw: rows (the sweep goes to 4); shorten fanIn, or use draw: values',
    );
    expect(await complaint(load('file: rows.csv, draw: rows, column: a', '[1]'))).toBe(
      'sweep.yaml:3:10 inputs[0]: received empirical with draw: rows and column: a; allowed: column with draw: values only: rows take every column of the file; remove column, or use draw: values',
    );
  });
});

describe('other formats', () => {
  const columns = { x: Float64Array.from([1, 2, 3, 6]), n: Int32Array.from([4, 5, 6, 7]), label: ['a', 'b', 'c', 'd'] };

  it('Arrow gives what CSV gives', async () => {
    save('xy.csv', 'x\n1\n2\n3\n6\n');
    save('t.arrow', tableToIPC(tableFromArrays(columns), 'file'));
    save('t.feather', tableToIPC(tableFromArrays(columns), 'stream'));
    const { file: _, ...csv } = (await factsOf('file: xy.csv')) ?? {};
    expect(await factsOf('file: t.arrow, column: x')).toMatchObject(csv);
    expect(await factsOf('file: t.feather, column: 0')).toMatchObject(csv);
    expect(await factsOf('file: t.arrow, column: n')).toMatchObject({ location: 5.5 });
    expect(await complaint(load('file: t.arrow, column: label'))).toContain(
      't.arrow column "label": received the type Dictionary<Int32, Utf8>; allowed: integers or floating-point numbers',
    );
  });

  it('Parquet gives what CSV gives', async () => {
    save('xy.csv', 'x\n1\n2\n3\n6\n');
    const table = ParquetTable.fromIPCStream(tableToIPC(tableFromArrays(columns), 'stream'));
    const properties = new WriterPropertiesBuilder().setCompression(Compression.SNAPPY).build();
    save('t.parquet', writeParquet(table, properties));
    const { file: _, ...csv } = (await factsOf('file: xy.csv')) ?? {};
    expect(await factsOf('file: t.parquet, column: x')).toMatchObject(csv);
    expect(await complaint(load('file: t.parquet, column: label'))).toContain(
      't.parquet row 1, column "label": received "a"; allowed: a finite number',
    );
    expect(await complaint(load('file: t.parquet, column: z'))).toContain('one of its columns: x, n, label');
  });

  it('compressed with what is not read here are refused, with what to do', async () => {
    const table = ParquetTable.fromIPCStream(tableToIPC(tableFromArrays(columns), 'stream'));
    save('z.parquet', writeParquet(table, new WriterPropertiesBuilder().setCompression(Compression.ZSTD).build()));
    expect(await complaint(load('file: z.parquet, column: x'))).toContain(
      "received a Parquet file compressed with ZSTD; allowed: one that is not compressed, or with Snappy; write it again with compression='snappy'",
    );
    registerZstd();
    const writer = new RecordBatchFileWriter({ compressionType: CompressionType.ZSTD });
    save('z.feather', writer.writeAll(tableFromArrays(columns)).toUint8Array(true));
    expect(await complaint(load('file: z.feather, column: x'))).toContain(
      "received a compressed Arrow file; allowed: one that is not compressed; write it again with compression='uncompressed'",
    );
  });

  it('damaged files are refused', async () => {
    for (const file of ['bad.arrow', 'bad.parquet']) {
      save(file, 'ARROW1 or PAR1, but not really');
      expect(await complaint(load(`file: ${file}, column: x`))).toMatch(/inputs\[0\]\.file, bad\.\w+: /);
    }
  });
});

describe('a data file that does not serve', () => {
  it.each<[string, string, string, string]>([
    [
      'a word',
      'x\n1\nNA\n',
      'file: f.csv',
      'sweep.yaml:3:34 inputs[0].file, f.csv row 3, column "x": received "NA"; allowed: a finite number',
    ],
    ['an empty value', 'x,y\n1,2\n,3\n', 'file: f.csv, column: x', 'f.csv row 3, column "x": received an empty value'],
    ['a line after comments', '# a\n\nx\n1\noops\n', 'file: f.csv', 'f.csv row 5, column "x": received "oops"'],
    [
      'an infinite value',
      'x\n1\n1e400\n',
      'file: f.csv',
      'f.csv row 3, column "x": received Infinity; allowed: a finite number (at most 1e30 in size)',
    ],
    ['hexadecimal', 'x\n1\n0x10\n', 'file: f.csv', 'row 3, column "x": received "0x10"'],
    [
      'a ragged row',
      'x,y\n1,2\n3\n',
      'file: f.csv, column: x',
      'f.csv row 3: received 1 columns; allowed: 2, as in the first row',
    ],
    [
      'no such column',
      'height,weight\n1,2\n',
      'file: f.csv, column: hieght',
      'f.csv: received column "hieght"; allowed: one of its columns: height, weight; did you mean "height"?',
    ],
    [
      'no such index',
      'a,b\n1,2\n',
      'file: f.csv, column: 2',
      'f.csv: received column 2; allowed: 0 … 1, counted from 0',
    ],
    ['an ambiguous name', 'a,a\n1,2\n', 'file: f.csv, column: a', 'received column "a", which the file has twice'],
    [
      'no choice of column',
      'a,b\n1,2\n',
      'file: f.csv',
      'f.csv: received 2 columns and no choice; allowed: one of its columns: a, b; add column: …',
    ],
    [
      'equal values',
      'x\n0.1\n0.1\n0.1\n',
      'file: f.csv',
      'f.csv: received 3 equal values; allowed: at least two different values, to standardise them; use standardize: false',
    ],
    ['a header alone', 'x\n', 'file: f.csv', 'f.csv: received no rows'],
    ['nothing', '', 'file: f.csv', 'f.csv: received no rows'],
    ['an open quote', 'x\n1\n"2\n', 'file: f.csv', 'not valid CSV: Quote Not Closed'],
    [
      'an unknown format',
      'x',
      'file: f.xlsx',
      'f.xlsx: received ".xlsx"; allowed: .csv, .tsv, .parquet, .arrow, .feather, .ipc',
    ],
  ])('%s', async (_, content, input, expected) => {
    save(/file: (\S+?)(,|$)/.exec(input)?.[1] ?? '', content);
    expect(await complaint(load(input))).toContain(expected);
  });

  it('is missing, or a directory', async () => {
    expect(await complaint(load('file: none.csv'))).toBe(
      `sweep.yaml:3:34 inputs[0].file, none.csv: received no such file; looked for ${join(directory, 'none.csv')}; paths start from the config's directory`,
    );
    expect(await complaint(load('file: .'))).toContain('received not a regular file');
  });

  it('may hold equal values when raw', async () => {
    save('same.csv', 'x\n5\n5\n');
    expect((await factsOf('file: same.csv, standardize: false'))?.moments?.[2]).toBe(25);
  });
});
