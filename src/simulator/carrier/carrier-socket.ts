/** The part of a `ws` client socket that a simulated call uses; a test may hold the other end. */
export interface CarrierSocket {
  send(text: string): void;
  close(code?: number): void;
  /** Cuts the connection without a closing handshake. */
  terminate(): void;
  /** Absent where the far end is no network. */
  ping?(): void;
  on(event: 'message', listener: (data: { toString(): string }, isBinary: boolean) => void): unknown;
  on(event: 'close', listener: (code: number) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
}
