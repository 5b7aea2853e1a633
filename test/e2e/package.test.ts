import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const MINUTES = 60_000;

/** A shell as a user has it: without what npm leaves in the environment of its scripts. */
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|INIT_CWD$)/i.test(name)));

/** What a program that uses the package looks like; type-checked as it stands, run with its types stripped. */
const CONSUMER = `
import { sweep } from 'initsweep';

const run = sweep('node_modules/initsweep/configs/smoke.yaml', { directory: 'api-run', threads: 1 });
let updates = 0;
for await (const progress of run) {
  const share: number = progress.done / progress.total;
  if (!(share >= 0 && share <= 1)) throw new Error('progress ' + share);
  updates++;
}
const { estimates } = await run.finished;
const variances: Float64Array = estimates.numbers('z_var');
const initializers: readonly (string | null)[] = estimates.labels('initializer');
console.log(JSON.stringify({ updates, rows: estimates.rows, variances: [...variances], initializers }));
`;

interface Packed {
  readonly filename: string;
  readonly files: readonly { path: string }[];
}

describe(
  'the packed package',
  () => {
    let folder: string;
    let packed: Packed;

    /** Runs a command in the folder of a user who has just installed the package. */
    function run(command: string, ...args: string[]): { status: number | null; stdout: string; stderr: string } {
      return spawnSync(command, args, { cwd: folder, encoding: 'utf8', env, maxBuffer: 2 ** 28 });
    }

    /** The installed command; what npx adds to a start is only of interest once. */
    const initsweep = (...args: string[]) => run('node_modules/.bin/initsweep', ...args);

    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'initsweep-package-'));
      const packing = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
      const [only] = JSON.parse(execFileSync('npm', packing, { cwd: root, encoding: 'utf8', env })) as Packed[];
      packed = only as Packed;
      writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'user', private: true, type: 'module' }));
      const install = ['install', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', packed.filename];
      const installed = run('npm', ...install);
      if (installed.status !== 0) throw new Error(installed.stderr);
    }, 5 * MINUTES);

    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    it('holds what a user needs and nothing else', () => {
      const paths = packed.files.map((file) => file.path);
      for (const path of [
        'LICENSE',
        'README.md',
        'CHANGELOG.md',
        'configs/smoke.yaml',
        'configs/gold-rule.yaml',
        'dist/kernel.wasm',
        'dist/src/cli/main.js',
        'dist/src/index.js',
        'dist/src/index.d.ts',
        'dist/workers/block.js',
      ])
        expect(paths).toContain(path);
      expect(paths.filter((path) => /^(src|test|bench|output|node_modules)\//.test(path))).toEqual([]);
      const links = [...readFileSync(join(root, 'README.md'), 'utf8').matchAll(/\]\((?!https?:)([^)#]+)/g)];
      const dead = links.filter(([, to]) => !paths.some((path) => path === to || path.startsWith(`${to}/`)));
      expect(dead).toEqual([]);
    });

    it('answers npx initsweep --help', () => {
      const { status, stdout, stderr } = run('npx', '--no-install', 'initsweep', '--help');
      // What npm has to say of the user's own settings is not ours.
      expect(stderr.replace(/^npm warn .*\n/gm, '')).toBe('');
      expect(status).toBe(0);
      for (const verb of ['run', 'plan', 'status', 'show', 'verify', 'derive', 'schema'])
        expect(stdout).toMatch(new RegExp(`^ +${verb}\\b`, 'm'));
    });

    it('says what to install for a queue, and how', () => {
      const { peerDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
        peerDependencies: { bullmq: string; ioredis: string };
      };
      const { bullmq, ioredis } = peerDependencies;
      expect(existsSync(join(folder, 'node_modules/bullmq'))).toBe(false);
      const smoke = 'node_modules/initsweep/configs/smoke.yaml';
      for (const verb of [['worker'], ['status'], ['run', smoke, '--out', 'queued']]) {
        const asked = initsweep(...verb, '--queue', 'redis://127.0.0.1:1');
        expect(asked.status).toBe(2);
        expect(asked.stderr).toContain('--queue: received an installation without the packages for it');
        expect(asked.stderr).toContain(`npm install bullmq@${bullmq} ioredis@${ioredis}`);
      }
    });

    it('runs the smoke sweep, and reads it back', () => {
      const config = 'node_modules/initsweep/configs/smoke.yaml';
      const swept = initsweep('run', config, '--out', 'smoke');
      expect(swept.stderr).not.toMatch(/error/i);
      expect(swept.status).toBe(0);
      for (const file of ['estimates.arrow', 'tallies.arrow', 'sweep.json', 'manifest.json'])
        expect(existsSync(join(folder, 'smoke', file)), file).toBe(true);
      const shown = initsweep('show', 'smoke', '--format', 'csv', '--limit', '0');
      expect(shown.status).toBe(0);
      const [header, ...rows] = shown.stdout.trimEnd().split('\n');
      expect(header).toMatch(/^initializer,input,activation,fan_in,/);
      expect(rows.length).toBeGreaterThan(0);
      expect(initsweep('verify', 'smoke').status).toBe(0);
    });

    it('is imported by a program, with the numbers of the command line', () => {
      // The program has types in places that Node 20 does not strip; TypeScript takes them out and checks nothing.
      writeFileSync(join(folder, 'consumer.ts'), CONSUMER);
      tsc('--noCheck', 'consumer.ts');
      const { status, stdout, stderr } = run(process.execPath, 'consumer.js');
      expect(stderr).toBe('');
      expect(status).toBe(0);
      const seen = JSON.parse(stdout) as { updates: number; rows: number; variances: number[]; initializers: string[] };
      expect(seen.updates).toBeGreaterThan(0);
      expect(seen.variances).toHaveLength(seen.rows);
      expect(seen.initializers).toHaveLength(seen.rows);
      const shown = initsweep('show', 'api-run', '--format', 'json', '--limit', '0');
      const rows = JSON.parse(shown.stdout) as { z_var: number; initializer: string }[];
      expect(rows.map((row) => row.z_var)).toEqual(seen.variances);
      expect(rows.map((row) => row.initializer)).toEqual(seen.initializers);
      expect(readFileSync(join(folder, 'api-run/estimates.arrow'))).toEqual(
        readFileSync(join(folder, 'smoke/estimates.arrow')),
      );
    });

    it('type-checks in a strict program, its declarations included', () => {
      writeFileSync(join(folder, 'consumer.ts'), CONSUMER);
      // The control: a wrong type must be seen, or nothing was checked.
      writeFileSync(
        join(folder, 'wrong.ts'),
        `import { sweep } from 'initsweep';\nexport const wrong: number = sweep;\n`,
      );
      const { status, stdout } = tsc('--noEmit', 'consumer.ts', 'wrong.ts');
      expect(status).not.toBe(0);
      expect(stdout).toMatch(/^wrong\.ts\(2,14\): error TS2322: [^\n]*\n$/);
    });

    function tsc(...args: string[]): ReturnType<typeof run> {
      const options = [
        '--strict',
        '--target',
        'es2023',
        '--module',
        'nodenext',
        '--skipLibCheck',
        'false',
        '--types',
        'node',
      ];
      const script = join(root, 'node_modules/typescript/lib/tsc.js');
      return run(process.execPath, script, '--pretty', 'false', ...options, ...args);
    }
  },
  2 * MINUTES,
);
