import { crc32 } from 'node:zlib';
import type { MessageParts } from '../../errors.ts';
import { decodeEntry, ENTRY_HEAD, encodeEntry, entryBytes, type TallyEntry } from '../../sweep/tally-entry.ts';
import type { Failure } from '../failure.ts';
import { isOf, readJson } from './stranger.ts';

/** What a task came to. */
export type Answer =
  | { readonly kind: 'tallies'; readonly entries: readonly TallyEntry[] }
  | { readonly kind: 'failure'; readonly failure: Failure };

/*
 * As bytes, an answer begins with one that says its kind. Tallies follow as entries (`sweep/tally-entry.ts`), each with a checksum of
 * its own; a failure as the CRC-32 of its text, and the text in JSON.
 */
const TALLIES = 1;
const FAILURE = 2;

/** Longest words of a failure that are sent. */
const LONGEST_TEXT = 8_192;

export function encodeTallies(entries: readonly TallyEntry[]): Buffer {
  return Buffer.concat([Uint8Array.of(TALLIES), ...entries.flatMap(encodeEntry)]);
}

/** Without the stack, which tells of the paths of a worker's machine. */
export function encodeFailure({ name, message, parts }: Failure): Buffer {
  const text = Buffer.from(JSON.stringify({ name, message: message.slice(0, LONGEST_TEXT), parts }));
  const head = Buffer.alloc(5, FAILURE);
  head.writeUInt32LE(crc32(text), 1);
  return Buffer.concat([head, text]);
}

/** Null when the bytes are damaged. Records are views of them. */
export function decodeAnswer(bytes: Buffer): Answer | null {
  if (bytes[0] === TALLIES) return decodeTallies(bytes);
  return bytes[0] === FAILURE ? decodeFailure(bytes) : null;
}

function decodeTallies(bytes: Buffer): Answer | null {
  const entries: TallyEntry[] = [];
  for (let at = 1; at < bytes.length; ) {
    const length = bytes.length - at < ENTRY_HEAD ? null : entryBytes(bytes.subarray(at));
    if (length === null || at + length > bytes.length) return null;
    const entry = decodeEntry(bytes.subarray(at, at + length));
    if (entry === null) return null;
    entries.push(entry);
    at += length;
  }
  return { kind: 'tallies', entries };
}

function decodeFailure(bytes: Buffer): Answer | null {
  const text = bytes.subarray(5);
  if (bytes.length < 5 || bytes.readUInt32LE(1) !== crc32(text)) return null;
  const told = readJson(text.toString());
  if (!isOf(told, WORDS)) return null;
  const { name, message } = told;
  const { parts } = told as { readonly parts?: unknown };
  if (!Array.isArray(parts) || !parts.every(isParts)) return null;
  return { kind: 'failure', failure: { name, message, parts, stack: undefined } };
}

const WORDS = { name: 'string', message: 'string' } as const;

/** Some of where, received, allowed and remedy. */
function isParts(value: unknown): value is MessageParts {
  return typeof value === 'object' && value !== null && Object.values(value).every((part) => typeof part === 'string');
}
