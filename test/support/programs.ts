import { spawnSync } from 'node:child_process';

const found = (...programs: string[]): boolean => programs.every((name) => spawnSync('which', [name]).status === 0);

/** What others have made and some suites need; `.ci/run` installs all of it. */
const PROGRAMS = {
  Redis: () => found('redis-server'),
  Valkey: () => found('valkey-server'),
  'GNU parallel': () => found('parallel'),
  // Its daemons want to be root's.
  Slurm: () => found('munged', 'slurmctld', 'slurmd', 'sbatch') && process.getuid?.() === 0,
};

type Program = keyof typeof PROGRAMS;

/** Whether suites that need it can run. @throws when it is missing where everything is to be tested */
export function has(program: Program): boolean {
  const isHere = PROGRAMS[program]();
  if (!isHere && process.env['CI'] === 'true')
    throw new Error(`${program} is missing: see install_clusters in .ci/run`);
  return isHere;
}

/** What is not here, and so not tested with. */
export function missingPrograms(): string[] {
  return Object.entries(PROGRAMS).flatMap(([name, isHere]) => (isHere() ? [] : [name]));
}
