import { hash } from 'node:crypto';
import seedrandom from 'seedrandom';
import { canonicalJson } from './canonical.ts';

/** What a random sequence belongs to. It names no cell, worker or clock: cells that share an identity share their draws. */
export interface StreamIdentity {
  readonly kernel: string;
  /** The user's seed: any string. */
  readonly seed: string;
  readonly role: 'weights' | 'inputs';
  /** The weight shape, or the input with all its parameters. */
  readonly id: unknown;
  /** The layer side of the band. */
  readonly band: number;
  readonly block: number;
}

/**
 * 128-bit key of a stream: seedrandom's ARC4 seeded with the SHA-256 of the canonical identity.
 *
 * The digest goes through seedrandom as 64 hexadecimal digits because seedrandom folds longer or non-Latin keys onto each other.
 */
export function streamKey(identity: StreamIdentity): Uint32Array {
  return keyOf(canonicalJson(identity));
}

/** The keys of a stream's blocks, one after another: {@link streamKey} with the block left open. */
export function blockStream(identity: Omit<StreamIdentity, 'block'>): (block: number) => Uint32Array {
  const { band, ...rest } = identity;
  // Keys in canonical order: band, block, id, kernel, role, seed.
  const tail = canonicalJson(rest).slice(1);
  return (block) => keyOf(`{"band":${band},"block":${block},${tail}`);
}

function keyOf(identity: string): Uint32Array {
  const random = seedrandom(hash('sha256', identity));
  return Uint32Array.from({ length: 4 }, () => random.int32() >>> 0);
}
