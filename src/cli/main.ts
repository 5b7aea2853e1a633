#!/usr/bin/env node
import type { Command } from 'commander';
import { exitWith, reportError } from './failure.ts';
import { createProgram } from './program.ts';
import { streamsWritten, watchStreams } from './streams.ts';

async function main(program: Command): Promise<void> {
  try {
    await program.parseAsync();
  } catch (error) {
    exitWith(reportError(error));
  }
}

watchStreams();
await main(createProgram());
await streamsWritten();
// What is done ends, though a library keeps a timer: that of Redis has one for 3 s after a large answer.
process.exit();
