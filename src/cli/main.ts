#!/usr/bin/env node
import { Command } from 'commander';
import { VERSION } from '../version.ts';
import { reportError } from './failure.ts';
import { runCommand } from './run.ts';
import { showCommand } from './show.ts';

const program = new Command('initsweep')
  .description(
    'Monte Carlo sweeps over neural-network weight initialisations: every number with its error and its theory',
  )
  .version(VERSION)
  .showSuggestionAfterError()
  .addCommand(runCommand())
  .addCommand(showCommand());

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = reportError(error);
}
