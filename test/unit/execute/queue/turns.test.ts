import { describe, expect, it } from 'vitest';
import { Turns } from '../../../../src/execute/queue/turns.ts';

/** Turns that the test ends one by one; without being roused, the next one would come in eleven days. */
function scripted(): { readonly turns: Turns; readonly started: () => number; end(): Promise<void> } {
  const ends: (() => void)[] = [];
  let started = 0;
  let underWay = 0;
  const turns = new Turns(async () => {
    started++;
    expect(++underWay).toBe(1);
    await new Promise<void>((resolve) => ends.push(resolve));
    underWay--;
  }, 1e9);
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 10; turn++) await null;
  };
  const end = async (): Promise<void> => {
    await settle();
    ends.shift()?.();
    await settle();
  };
  return { turns, started: () => started, end };
}

describe('turns', () => {
  it('begin by themselves, and follow each other when something was to do meanwhile', async () => {
    const { turns, started, end } = scripted();
    expect(started()).toBe(0);
    await end();
    expect(started()).toBe(1);
    turns.rouse();
    await end();
    expect(started()).toBe(2);
    turns.end();
    await turns.over;
  });

  it('are not lost when they are asked for during one', async () => {
    const { turns, started, end } = scripted();
    await null;
    await null;
    turns.rouse();
    turns.rouse();
    await end();
    expect(started()).toBe(2);
    await end();
    expect(started()).toBe(2);
    turns.end();
    await turns.over;
  });

  it('end after the one under way', async () => {
    const { turns, started, end } = scripted();
    await null;
    await null;
    turns.end();
    turns.rouse();
    let over = false;
    void turns.over.then(() => {
      over = true;
    });
    await null;
    expect(over).toBe(false);
    await end();
    expect(over).toBe(true);
    expect(started()).toBe(1);
  });
});
