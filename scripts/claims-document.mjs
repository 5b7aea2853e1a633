// Runs every config under configs/claims, or those whose names are given (C1 C2), in a folder of its own, and prints docs/claims.md as
// those runs say it. Exits with 1 where a run is not as its config expects. Needs a build.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { verifyAll } from '../dist/src/cli/verify-runs.js';
import { conclusion } from '../dist/src/report/claims/claim-lines.js';
import { claimsDocument } from '../dist/src/report/claims/claims-document.js';

const wanted = process.argv.slice(2);
const configs = readdirSync('configs/claims')
  .filter((file) => file.endsWith('.yaml'))
  .filter((file) => wanted.length === 0 || wanted.includes(file.replace(/\.yaml$/, '')))
  .sort()
  .map((file) => `configs/claims/${file}`);
const folder = mkdtempSync(join(tmpdir(), 'initsweep-claims-'));
try {
  const paths = configs.map((config) => resolve(config));
  execFileSync(process.execPath, [resolve('dist/src/cli/main.js'), 'run', ...paths, '--quiet'], { cwd: folder });
  const outputs = configs.map((config) => join(folder, 'output', config.replace(/^.*\/(.*)\.yaml$/, '$1')));
  const runs = verifyAll(outputs, undefined, (error) => {
    throw error;
  });
  const claims = runs.flatMap(({ claim }, i) => (claim === null ? [] : [{ config: configs[i], report: claim }]));
  process.stdout.write(claimsDocument(claims));
  for (const [i, { claim, passed }] of runs.entries()) {
    if (passed) continue;
    process.stderr.write(`${configs[i]}: ${claim === null ? 'contradicts its theory' : conclusion(claim)}\n`);
    process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
