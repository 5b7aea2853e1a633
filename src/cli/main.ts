#!/usr/bin/env node
import type { Command } from 'commander';
import { UsageError } from '../errors.ts';
import { exitWith, reportError } from './failure.ts';
import { createProgram } from './program.ts';
import { streamsWritten, watchStreams } from './streams.ts';

async function main(program: Command): Promise<void> {
  try {
    refuseEmpty(process.argv.slice(2));
    await program.parseAsync();
  } catch (error) {
    exitWith(reportError(error));
  }
}

/** As a path, nothing would be the working directory. @throws UsageError */
function refuseEmpty(args: readonly string[]): void {
  const at = args.findIndex((arg) => /^(--[\w-]+=)?$/.test(arg));
  if (at < 0) return;
  throw new UsageError({
    where: `argument ${at + 1}`,
    received: args[at] === '' ? 'nothing' : `nothing after ${args[at]}`,
    allowed: 'a value',
    remedy: 'a variable of the shell may not be set',
  });
}

watchStreams();
await main(createProgram());
await streamsWritten();
// What is done ends, though a library keeps a timer: that of Redis has one for 3 s after a large answer.
process.exit();
