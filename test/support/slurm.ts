import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, hostname, tmpdir } from 'node:os';
import { join } from 'node:path';

/** Ports that nothing else here is known to use. */
const PORTS = { controller: 26_817, daemon: 26_818 };

/** A Slurm cluster of this machine alone, whose daemons listen on the loopback address only. */
export class TestSlurm {
  readonly #folder = mkdtempSync(join(tmpdir(), 'initsweep-slurm-'));
  readonly #daemons: ChildProcess[] = [];

  static async start(): Promise<TestSlurm> {
    const slurm = new TestSlurm();
    await slurm.#start();
    return slurm;
  }

  /** For programs that talk to it. */
  get environment(): NodeJS.ProcessEnv {
    return { SLURM_CONF: join(this.#folder, 'slurm.conf') };
  }

  /** Runs a program to its end in `directory`. @throws when it fails */
  run(directory: string, file: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): string {
    const env = { ...process.env, ...this.environment, ...environment };
    const { status, stdout, stderr } = spawnSync(file, args, { cwd: directory, env, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${file} ${args.join(' ')}: exit code ${status}\n${stderr}`);
    return stdout.trim();
  }

  stop(): void {
    for (const daemon of this.#daemons.reverse()) daemon.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #start(): Promise<void> {
    const at = (name: string) => join(this.#folder, name);
    const host = hostname().split('.')[0] as string;
    for (const name of ['state', 'spool']) mkdirSync(at(name));
    writeFileSync(at('munge.key'), randomBytes(1024), { mode: 0o600 });
    const settings = {
      ClusterName: 'test',
      SlurmctldHost: `${host}(127.0.0.1)`,
      CommunicationParameters: 'NoInAddrAny,NoCtldInAddrAny',
      AuthType: 'auth/munge',
      AuthInfo: `socket=${at('munge.socket')}`,
      SlurmUser: 'root',
      SlurmdUser: 'root',
      StateSaveLocation: at('state'),
      SlurmdSpoolDir: at('spool'),
      SlurmctldPidFile: at('slurmctld.pid'),
      SlurmdPidFile: at('slurmd.pid'),
      SlurmctldPort: PORTS.controller,
      SlurmdPort: PORTS.daemon,
      ProctrackType: 'proctrack/linuxproc',
      TaskPlugin: 'task/none',
      SelectType: 'select/cons_tres',
      SelectTypeParameters: 'CR_CPU',
      JobAcctGatherType: 'jobacct_gather/none',
      ReturnToService: 2,
      MpiDefault: 'none',
    };
    const lines = [
      ...Object.entries(settings).map(([name, value]) => `${name}=${value}`),
      `NodeName=${host} NodeAddr=127.0.0.1 CPUs=${availableParallelism()} State=UNKNOWN`,
      `PartitionName=all Nodes=${host} Default=YES MaxTime=INFINITE State=UP`,
    ];
    writeFileSync(at('slurm.conf'), `${lines.join('\n')}\n`);
    const munge = ['key-file=munge.key', 'socket=munge.socket', 'pid-file=munged.pid', 'log-file=munged.log'];
    const files = [...munge, 'seed-file=munge.seed'].map((option) => `--${option.replace('=', `=${this.#folder}/`)}`);
    this.#daemon('munged', ['--foreground', '--force', ...files]);
    this.#daemon('slurmctld', ['-D', '-f', at('slurm.conf')]);
    this.#daemon('slurmd', ['-D', '-f', at('slurm.conf')]);
    for (let attempt = 0; !this.#isIdle(); attempt++) {
      if (attempt === 100) throw new Error('no idle node');
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  #daemon(file: string, args: readonly string[]): void {
    const env = { ...process.env, ...this.environment };
    this.#daemons.push(spawn(file, args, { env, stdio: 'ignore' }));
  }

  #isIdle(): boolean {
    const env = { ...process.env, ...this.environment };
    return spawnSync('sinfo', ['--noheader', '--format=%t'], { env, encoding: 'utf8' }).stdout.trim() === 'idle';
  }
}
