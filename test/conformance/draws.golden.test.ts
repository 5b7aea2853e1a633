import { describe, expect, it } from 'vitest';
import { SAMPLER_KINDS, type Sampler } from '../../src/random/sampler.ts';
import { hex, katLines } from '../support/kat.ts';
import { KERNELS } from '../support/kernels.ts';

const KEY = Uint32Array.of(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344);
const COLUMNS_SHOWN = 16;

function samplerOf(json: string): Sampler {
  const { table, ...rest } = JSON.parse(json) as Omit<Sampler, 'table'> & { table?: number[] | string };
  if (table === undefined) return rest;
  return { ...rest, table: Float32Array.from(typeof table === 'string' ? Array(393).keys() : table) };
}

const ANSWERS = katLines('draws.txt').map((line) => {
  const [place = '', bits = '', json = ''] = line.split('  ');
  const [panel = 0, run = 0, index = 0] = place.split(' ').map(Number);
  return { sampler: samplerOf(json), panel, run, index, bits, json };
});

describe.each(Object.entries(KERNELS))('draws of the %s kernel', (_, make) => {
  const kernel = make();

  it.each(ANSWERS)('$json, panel $panel, run $run, index $index', ({ sampler, panel, run, index, bits }) => {
    const draws = kernel.draw(sampler, KEY, panel, run, index + 1);
    expect(hex(new Uint32Array(draws.buffer, draws.byteOffset + 256 * index, COLUMNS_SHOWN))).toBe(bits);
  });
});

it('covers every kind of sampler', () => {
  expect(new Set(ANSWERS.map(({ sampler }) => sampler.kind))).toEqual(new Set(SAMPLER_KINDS));
});
