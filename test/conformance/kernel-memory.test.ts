import { expect, it } from 'vitest';
import { compileKernel, WasmKernel } from '../../src/kernel/wasm.ts';
import { readRecord } from '../../src/stats/record.ts';
import { pair, sampler } from '../support/jobs.ts';

it('lays a job out alike wherever the end of the memory falls', () => {
  const module = compileKernel();
  const keys = [Uint32Array.of(1, 2, 3, 4), Uint32Array.of(5, 6, 7, 8)];
  const flat: number[] = [];
  // A view taken before the memory grows is detached, and what is written to it is lost: tables of every size, in steps of a
  // cache line, put each allocation across the end once.
  for (let size = 16; size <= 16_400; size += 16) {
    const table = Float32Array.from({ length: size }, (_, i) => (i % 2 === 0 ? 1 : -1));
    const inputs = { ...sampler('table'), table };
    const job = { side: 1, panels: 1, samplers: [inputs, sampler('normal')], pairs: [pair(1, 0, [2], true)] };
    new WasmKernel(module).simulator(job)(keys, (_pair, _fanIn, record) => {
      const { min, max } = readRecord(Uint8Array.from(record).buffer, 0);
      if (!(min < 0 && max > 0)) flat.push(size);
    });
  }
  expect(flat).toEqual([]);
});
