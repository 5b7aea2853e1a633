// stand-in until the real one lands
export class RunLock {
  static acquire(_directory: string): RunLock {
    return new RunLock();
  }
  held(): boolean {
    return true;
  }
  release(): void {}
}
