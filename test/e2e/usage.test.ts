import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { initsweep, MAIN, ROOT, scratch, shell, writeConfig } from '../support/cli.ts';

const folder = scratch();
const VERBS = 'run plan status show verify derive extend merge replay worker schema'.split(' ');

describe('the command line', () => {
  it('explains itself, with an example for every verb', () => {
    const { status, stdout, stderr } = initsweep('--help');
    expect(status).toBe(0);
    expect(stderr).toBe('');
    const commands = stdout.slice(stdout.indexOf('Commands:'), stdout.indexOf('Examples:'));
    expect([...commands.matchAll(/^ {2}([a-z]+)/gm)].map(([, verb]) => verb)).toEqual([...VERBS, 'help']);
    expect(stdout).toContain('$ initsweep run configs/gold-rule.yaml');
    for (const verb of VERBS) {
      const help = initsweep(verb, '--help');
      expect(help.status).toBe(0);
      expect(help.stdout).toContain(`$ initsweep ${verb}`);
    }
  });

  it('reads a config from the standard input, data files from where it stands', () => {
    const values = join(folder, 'values.csv');
    writeFileSync(values, '1\n2\n4\n');
    const piped = (input: string, ...args: string[]) =>
      spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8', cwd: folder, input });
    const config = 'name: piped\nfanIn: 4\ninputs: [{ kind: empirical, file: values.csv }]\ninitializers: [ones]\n';
    const rest = 'activations: [relu]\nsamples: 4096\n';
    expect(piped(config + rest, 'plan', '-').stdout).toMatch(/^piped \(seed/);
    expect(piped(config + rest, 'run', '-', '--quiet')).toMatchObject({ status: 0, stderr: '' });
    expect(initsweep('verify', join(folder, 'output/piped')).status).toBe(0);
    expect(piped(`${config}activatoins: [relu]`, 'run', '-')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('standard input:5:1 activatoins: received an unknown key'),
    });
  });

  it('prints its version', () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(initsweep('--version')).toMatchObject({ status: 0, stdout: `${version}\n`, stderr: '' });
  });

  it.each([
    [[], 'Usage: initsweep'],
    [['rum', 'configs/smoke.yaml'], "initsweep: unknown command 'rum'\n(Did you mean run?)"],
    [['run', 'configs/smoke.yaml', '--thread', '1'], "initsweep: unknown option '--thread'\n(Did you mean --threads?)"],
    [['run'], "initsweep: missing required argument 'config'"],
    [['run', '-', '-'], 'initsweep: config: received - more than once; allowed: one config from the standard input'],
    [['plan', 'configs/smoke.yaml', 'more'], 'initsweep: too many arguments'],
    [['run', 'configs/smoke.yaml', '--threads', '0'], "'--threads <n>' argument '0' is invalid. Allowed: 1 … 1024."],
    [['run', 'configs/smoke.yaml', '--log-format', 'xml'], 'Allowed choices are text, json.'],
    [
      ['run', 'configs/smoke.yaml', '--seed', '--quiet'],
      "'--seed <text>' argument '--quiet' is invalid. Allowed: a value",
    ],
    [['run', 'configs/smoke.yaml', '--threads', '--quiet'], 'Allowed: a value that does not begin with --.'],
    [['help', 'nope'], "'nope' is invalid for argument 'command'. Allowed choices are run, plan, "],
    [['run', 'configs/smoke.yaml', '--samples', 'many'], '--samples: received "many"; allowed: integer 1 …'],
    [['run', 'configs/smoke.yaml', '--out', ''], 'initsweep: argument 4: received nothing; allowed: a value'],
    [['run', 'configs/smoke.yaml', '--out='], 'initsweep: argument 3: received nothing after --out='],
    [
      ['run', 'configs/none.yaml'],
      'initsweep: configs/none.yaml: received no such file; allowed: a sweep in YAML or JSON',
    ],
    [['plan', 'configs'], 'initsweep: configs: received a directory'],
    [['plan', 'configs/smoke.yaml', '--threads', 'two'], 'Allowed: 1 … 1024.'],
    [['show', 'output/none'], 'initsweep: output/none: received no such directory; allowed: the directory of a run'],
    [['status', 'output/none'], 'initsweep: output/none: received no such directory; allowed: the directory of a run'],
    [['status', 'configs'], 'received a directory without sweep.json'],
    [['status', 'configs/smoke.yaml'], 'received a file; allowed: the directory of a run'],
    [['verify', 'output/none'], 'received no such directory'],
    [['verify', 'output/none', '--alpha', '2'], 'Allowed: a number > 0 and < 1.'],
    [['verify', 'output/none', '--format', 'xml'], 'Allowed choices are text, json.'],
    [['replay', 'output/none', '--cell', 'beta = 1', '--block', '0'], 'received no such directory'],
    [['replay', 'output/none', '--block', '0'], "required option '--cell <expr>' not specified"],
    [['replay', 'output/none', '--cell', 'beta = 1'], "required option '--block <k>' not specified"],
    [['replay', 'output/none', '--cell', 'beta = 1', '--block', '-1'], 'Allowed: a whole number from 0.'],
    [['replay', 'output/none', '--cell', 'beta = 1', '--block', '1.5'], 'Allowed: a whole number from 0.'],
    [['derive', 'output/none', '--out', 'x'], 'received no such directory'],
    [['derive', 'output/none'], "required option '--out <dir>' not specified"],
    [['derive', 'output/none', '--out', 'x', '--beta', '0.5,-1'], '--beta [1]: received -1; allowed: number > 0'],
    [['derive', 'output/none', '--out', 'x', '--activation', 'rellu'], 'did you mean "relu"?'],
    [['derive', 'output/none', '--out', 'x', '--initializer', '{kind: normal, sd: 1}'], 'did you mean "std"?'],
  ])('%j is bad usage', (args, message) => {
    const { status, stdout, stderr } = initsweep(...args);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('fault of the program');
    expect(status).toBe(2);
    expect(stdout).toBe('');
  });

  it('refuses a config with the place of the mistake', () => {
    const config = writeConfig(folder, 'bad.json', { activations: ['logistik'] });
    const { status, stderr } = initsweep('run', config, '--out', join(folder, 'bad'));
    expect(status).toBe(2);
    expect(stderr).toMatch(/bad\.json:1:\d+ activations\[0\]: received "logistik"; .*did you mean "logistic"\?/);
  });

  it('prints the schema that the configs name', () => {
    const { status, stdout } = initsweep('schema');
    expect(status).toBe(0);
    expect(stdout).toBe(readFileSync(join(ROOT, 'configs/schema.json'), 'utf8'));
  });

  it.each(['schema', '--help', 'plan configs/smoke.yaml'])('ends quietly when nobody reads `%s`', (command) => {
    // `true` is gone before the first byte: the pipe is closed for certain.
    const { stdout, stderr } = shell(`initsweep ${command} | true; echo "\${PIPESTATUS[0]}"`);
    expect({ stdout, stderr }).toEqual({ stdout: '0\n', stderr: '' });
  });

  it('ends when it is done, whatever a library has left to wait for', () => {
    const held = `data:text/javascript,import { isMainThread } from 'node:worker_threads'; isMainThread && setInterval(() => {}, 1e6)`;
    const args = ['--import', held, MAIN, 'schema'];
    const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 20_000 });
    expect(status).toBe(0);
    expect(stdout).toBe(initsweep('schema').stdout);
  });

  it('ends quietly when nobody reads its complaints', () => {
    expect(shell(`initsweep run nowhere.yaml 2>&1 | true; echo "\${PIPESTATUS[0]}"`)).toMatchObject({ stdout: '2\n' });
  });
});

describe('plan', () => {
  it('says what a sweep is and costs, and leaves nothing behind', () => {
    const before = shell('ls output').stdout;
    const { status, stdout, stderr } = initsweep(
      'plan',
      'configs/gold-rule.yaml',
      '--threads',
      '1',
      '--samples',
      '262145',
    );
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^gold-rule \(seed "gold-rule", plan [0-9a-f]{12}\)$/m);
    expect(stdout).toContain('19500 = 6 inputs × 13 fan-ins × 5 initializers × 2 activations × 25 slopes');
    expect(stdout).toContain('18 = 3 weight shapes (uniform, normal, zero) × 6 inputs');
    expect(stdout).toContain('layers of 1 × 1: fan-in 1, 2, 4, 8 (12 ensembles)');
    expect(stdout).toMatch(/64 of \d+ samples = \d+ a cell \(262145 rounded up to whole blocks\)/);
    expect(stdout).toMatch(/time +about [\d.]+ s with 1 thread /);
    expect(stdout).toMatch(/memory +about \d+ MB/);
    expect(stdout).toMatch(/tallies\.arrow about [\d.]+ MB, estimates\.arrow [\d.]+ MB/);
    expect(shell('ls output').stdout).toBe(before);
  });

  it('plans a sweep with data of its own', () => {
    expect(initsweep('plan', 'configs/empirical.yaml')).toMatchObject({ status: 0, stderr: '' });
  });
});
