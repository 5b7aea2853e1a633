import { describe, expect, it } from 'vitest';
import { type Goal, goalHere, judge } from '../../../bench/verdict.mjs';

const RATE: Goal = { floor: 2, aim: 3, bound: 'least', ofMachine: true };
const TIME: Goal = { floor: 0.15, aim: 0.09, bound: 'most', ofMachine: true };
const RATIO: Goal = { floor: 9, aim: 14, bound: 'least' };

describe('a goal', () => {
  it('is met where the value reaches it, from either side', () => {
    expect([3, 2.99, 2, 1.99].map((value) => judge(RATE, value, null))).toEqual([
      'aim met',
      'floor met',
      'floor met',
      'MISSED',
    ]);
    expect([0.09, 0.15, 0.151].map((value) => judge(TIME, value, null))).toEqual(['aim met', 'floor met', 'MISSED']);
  });

  it('is met by a share of the peer where it says so', () => {
    const product: Goal = { floor: 17, aim: 22, bound: 'least', orPeerShare: 0.4 };
    expect([0.4, 0.39, null].map((share) => judge(product, 12, share))).toEqual(['floor met', 'MISSED', 'MISSED']);
  });

  it('in seconds or per second follows the speed of the machine, a ratio does not', () => {
    expect(goalHere(RATE, { slowness: 2 })).toEqual({ ...RATE, floor: 1, aim: 1.5 });
    expect(goalHere(TIME, { slowness: 2 })).toEqual({ ...TIME, floor: 0.3, aim: 0.18 });
    expect(goalHere(RATIO, { slowness: 2 })).toBe(RATIO);
    expect(goalHere({ floor: 1500, aim: null, bound: 'most', ofMachine: true }, { slowness: 2 }).aim).toBeNull();
  });

  it('of two cores over one follows what two give there, and is never stricter', () => {
    const cores: Goal = { floor: 1.8, aim: 1.9, bound: 'least', ofCores: true };
    expect(goalHere(cores, { slowness: 3, cores: 1.5 })).toEqual({ ...cores, floor: 1.8 * 0.75, aim: 1.9 * 0.75 });
    expect(goalHere(cores, { slowness: 1, cores: 2 })).toBe(cores);
    expect(goalHere(cores, { slowness: 1, cores: 2.1 })).toBe(cores);
    expect(goalHere(RATIO, { slowness: 1, cores: 1.5 })).toBe(RATIO);
  });
});
