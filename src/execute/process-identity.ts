import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Says which process is meant, also after it has ended. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  /** Where no two processes have one pid at a time. On Linux a boot and a namespace: containers may share the name of a host. */
  readonly machine: string;
  /** By the machine's clock ticks, so that a pid which was used again is seen; null where there is no /proc. */
  readonly startedAt: string | null;
}

export function thisProcess(): ProcessIdentity {
  const { pid } = process;
  return { pid, host: hostname(), machine: thisMachine(), startedAt: stateOf(pid)?.startedAt ?? null };
}

/** What has become of a process: unknown when it is of another machine, or where another one may have its pid by now. */
export function fateOf({ pid, machine, startedAt }: ProcessIdentity): 'alive' | 'gone' | 'unknown' {
  if (machine !== thisMachine()) return 'unknown';
  if (!exists(pid)) return 'gone';
  const state = stateOf(pid);
  if (state === null) return pid === process.pid ? 'alive' : 'unknown';
  return state.ended || (startedAt !== null && startedAt !== state.startedAt) ? 'gone' : 'alive';
}

function thisMachine(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    return `${hostname()} ${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // One that may not be signalled (EPERM) is there.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** Fields 3 and 22 of /proc/PID/stat, see proc(5); null where they cannot be read. */
function stateOf(pid: number): { readonly startedAt: string; readonly ended: boolean } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // Field 2, the name, is in parentheses and may hold anything, parentheses and spaces too.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, startedAt] = [fields[0], fields[19]];
    // A zombie keeps its pid until its parent asks for it.
    return startedAt === undefined ? null : { startedAt, ended: state === 'Z' || state === 'X' };
  } catch {
    return null;
  }
}
