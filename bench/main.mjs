// `npm run bench`: measures the built program against its goals and against NumPy. See docs/benchmarks.md.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findPython } from './python.mjs';
import { HEAD, machineLine, reportRow } from './report.mjs';
import { million, reference } from './rows/against-numpy.mjs';
import { depth, depthNormal } from './rows/depth.mjs';
import { normals, uniforms } from './rows/draws.mjs';
import { independent } from './rows/independent.mjs';
import { journal } from './rows/journal.mjs';
import { blocksMemory, flatMemory, goldRuleMemory, referenceMemory } from './rows/memory.mjs';
import { millionCells } from './rows/million-cells.mjs';
import { product } from './rows/product.mjs';
import { queueOverhead, queueWorkers } from './rows/queue.mjs';
import { slopes } from './rows/slopes.mjs';
import { help, smoke } from './rows/start-up.mjs';
import { tally } from './rows/tally.mjs';
import { threads } from './rows/threads.mjs';
import { training } from './rows/training.mjs';
import { measureSlowness } from './yardstick.mjs';

/** @type {readonly import('./row.mjs').Row[]} */
const ROWS = [
  ...[product, normals, uniforms, independent, tally],
  ...[depth, depthNormal, training],
  ...[slopes, reference, million, threads, queueOverhead, queueWorkers, journal, help, smoke],
  ...[referenceMemory, goldRuleMemory, flatMemory, blocksMemory, millionCells],
];

const USAGE = `npm run bench -- [options]
  --only NAME   this row only; may be given several times
  --quick       fewer rounds and smaller sweeps: answers rather than figures
  --no-floors   a missed floor is reported but does not fail
Rows: ${ROWS.map(({ name }) => name).join(' ')}
Exit code 1 when an answer is wrong or a floor is missed, 2 for a row or an option that does not exist.`;

const flags = flagsOf();

function flagsOf() {
  try {
    const { values } = parseArgs({
      options: {
        only: { type: 'string', multiple: true, default: [] },
        quick: { type: 'boolean', default: false },
        'no-floors': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const unknown = values.only.filter((name) => !ROWS.some((row) => row.name === name));
    if (unknown.length > 0) refuse(`no row ${unknown.join(', ')}`);
    if (values.help) {
      console.log(USAGE);
      process.exit(0);
    }
    return values;
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

/**
 * @param {string} message
 * @returns {never}
 */
function refuse(message) {
  console.error(`${message}\n${USAGE}`);
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), 'initsweep-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));

const python = findPython();
const { start, slowness } = await measureSlowness();
console.log(
  `${machineLine(python, start)}\n$ npm run bench ${process.argv.length > 2 ? '-- ' : ''}${process.argv.slice(2).join(' ')}\n`,
);

/** @type {import('./report.mjs').Outcome[]} */
const outcomes = [];
for (const row of ROWS.filter(({ name }) => flags.only.length === 0 || flags.only.includes(name))) {
  try {
    outcomes.push(reportRow(row, await row.measure({ quick: flags.quick, python, folder }), slowness));
  } catch (error) {
    console.log(`${row.name}: ${row.title}\n  FAILED: ${error instanceof Error ? error.stack : error}\n`);
    outcomes.push({ verdict: 'not judged', right: false, line: `${row.name.padEnd(17)}  failed` });
  }
}

const count = (/** @type {import('./verdict.mjs').Verdict} */ verdict) =>
  outcomes.filter((outcome) => outcome.verdict === verdict).length;
const wrong = outcomes.filter(({ right }) => !right).length;
const missed = count('MISSED');
console.log([HEAD, ...outcomes.map(({ line }) => line)].join('\n'));
const totals = [`aim met: ${count('aim met')}`, `floor met: ${count('floor met')}`, `missed: ${missed}`];
totals.push(`not judged: ${count('not judged')}`, `rows with a wrong answer: ${wrong}`);
console.log(`\n${totals.join(' · ')}`);
process.exitCode = wrong > 0 || (missed > 0 && !flags['no-floors']) ? 1 : 0;
