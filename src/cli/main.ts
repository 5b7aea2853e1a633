#!/usr/bin/env node
import type { Command } from 'commander';
import { reportError } from './failure.ts';
import { createProgram } from './program.ts';
import { streamsWritten, watchStreams } from './streams.ts';

async function main(program: Command): Promise<number | undefined> {
  try {
    await program.parseAsync();
    return undefined;
  } catch (error) {
    return reportError(error);
  }
}

watchStreams();
const code = await main(createProgram());
// Output that could not be written has left its own.
if (code) process.exitCode = code;
await streamsWritten();
// What is done ends, though a library keeps a timer: that of Redis has one for 3 s after a large answer.
process.exit();
