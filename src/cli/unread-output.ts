/**
 * `callchart call | head -1`: when nobody reads on, what is still printed goes nowhere, and that is no failure of the
 * command's. Anything else that goes wrong with an output is thrown as it would be without this.
 */
export function allowUnread(outputs: readonly NodeJS.WritableStream[]): void {
  for (const output of outputs) {
    output.on('error', (thrown: NodeJS.ErrnoException) => {
      if (thrown.code !== 'EPIPE') throw thrown;
    });
  }
}
