import { connect, createServer, type Server, type Socket } from 'node:net';

/** Stands between a client and a server on this machine, and can be cut: then bytes get through in neither direction. */
export class TestProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isCut = false;

  private constructor(target: number, rate: number) {
    this.#server = createServer((client) => {
      const server = connect(target, '127.0.0.1');
      for (const [from, to] of [
        [client, server],
        [server, client],
      ] as const) {
        this.#sockets.add(from);
        // `pipe` would let it flow again.
        if (this.#isCut) from.pause();
        else if (from === client && rate < Number.POSITIVE_INFINITY) trickle(from, to, rate);
        else from.pipe(to);
        from.on('error', () => to.destroy());
        from.on('close', () => {
          this.#sockets.delete(from);
          to.destroy();
        });
      }
    });
  }

  /**
   * @param target a port of this machine
   * @param rate bytes a second that get through to it
   */
  static async start(target: number, rate = Number.POSITIVE_INFINITY): Promise<TestProxy> {
    const proxy = new TestProxy(target, rate);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('a proxy without a port');
    return `redis://127.0.0.1:${address.port}`;
  }

  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.unpipe().pause();
  }

  /** Connections that were cut stay silent, as though the other side were still there; new ones get through. */
  reopen(): void {
    this.#isCut = false;
  }

  /** Connections that were cut stay dead, as those are that a router has forgotten; new ones get through. */
  heal(): void {
    this.#isCut = false;
    for (const socket of this.#sockets) socket.destroy();
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

function trickle(from: Socket, to: Socket, rate: number): void {
  from.on('data', (bytes) => {
    to.write(bytes);
    from.pause();
    setTimeout(() => from.resume(), (1_000 * bytes.length) / rate);
  });
}
