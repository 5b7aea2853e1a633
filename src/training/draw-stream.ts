import { COLUMNS, KERNEL_VERSION, RUN } from '../kernel/kernel.ts';
import { Lanes } from '../kernel/reference/lanes.ts';
import { PanelDraws } from '../kernel/reference/panel.ts';
import type { TrainingSpec } from '../model/training-spec.ts';
import type { Sampler } from '../random/sampler.ts';
import { streamKey } from '../random/stream.ts';
import { seedOf } from '../sweep/plan.ts';

/** What a stream of a training experiment is for. The arm is not part of it: arms share their draws. */
export interface DrawPurpose {
  readonly role: 'weights' | 'inputs';
  readonly part: string;
  /** Layer, shape, kind of data: whatever else tells draws apart. */
  readonly details: unknown;
}

const NORMAL: Sampler = { kind: 'normal', params: [], scale: 1, shift: 0 };
const UNIFORM: Sampler = { kind: 'uniform', params: [], scale: 1, shift: 0 };

/** Draws of one purpose in one replicate of a block, from the kernel's generator: the same numbers in every arm. */
export class DrawStream {
  readonly #key: Uint32Array;
  readonly #replicate: number;

  constructor(spec: TrainingSpec, block: number, replicate: number, { role, part, details }: DrawPurpose) {
    const own = seedOf(spec, block);
    this.#key = streamKey({
      kernel: KERNEL_VERSION,
      seed: own.seed,
      role,
      id: { experiment: 'training', part, details },
      band: 0,
      block: own.block,
    });
    this.#replicate = replicate;
  }

  /** Fills `out` with variates of a sampler. */
  fill(out: Float64Array, sampler: Sampler): Float64Array {
    const draws = new PanelDraws(sampler, this.#key, this.#replicate);
    for (let done = 0, run = 0; done < out.length; run++) {
      const values = draws.fill(run, Math.min(RUN, Math.ceil((out.length - done) / COLUMNS)));
      const count = Math.min(values.length, out.length - done);
      for (let i = 0; i < count; i++) out[done + i] = values[i] as number;
      done += count;
    }
    return out;
  }

  /** `count` standard normals. */
  normals(count: number): Float64Array {
    return this.fill(new Float64Array(count), NORMAL);
  }

  /** `count` uniforms on (−1, 1). */
  uniforms(count: number): Float64Array {
    return this.fill(new Float64Array(count), UNIFORM);
  }

  /** `count` random words of run `run`, eight at a time. */
  words(run: number, count: number): Uint32Array {
    return Lanes.keyed(this.#key, this.#replicate, run).words(Math.ceil(count / 8));
  }
}
