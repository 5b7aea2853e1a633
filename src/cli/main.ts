#!/usr/bin/env node
import type { Command } from 'commander';
import { reportError } from './failure.ts';
import { createProgram } from './program.ts';

/** A reader that leaves early (`initsweep … | head`) is no fault, on either stream. */
function ignoreClosedPipe(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

async function main(program: Command): Promise<number | undefined> {
  try {
    await program.parseAsync();
    return undefined;
  } catch (error) {
    return reportError(error);
  }
}

ignoreClosedPipe(process.stdout);
ignoreClosedPipe(process.stderr);
const code = await main(createProgram());
if (code !== undefined) process.exitCode = code;
