/**
 * The part of WASI preview 1 that a command-line program needs to run once,
 * with its files in memory: arguments, output text, files by path.
 *
 * Contract: `wasi_snapshot_preview1` witx. Errors are its numbers: 8 `badf`,
 * 44 `noent`. `node:wasi` is not used: it prints a warning and wants a disk.
 */

import { MemoryFiles } from './memory-files.ts';

interface Instance {
  readonly exports: { readonly memory: { readonly buffer: ArrayBuffer }; readonly _start: () => void };
}

/** The part of the WebAssembly interface used here; the Node types of this version declare only names of it. */
const wasm = (
  globalThis as unknown as {
    readonly WebAssembly: {
      compile(bytes: Uint8Array): Promise<Command>;
      readonly Instance: new (module: Command, imports: Readonly<Record<string, unknown>>) => Instance;
    };
  }
).WebAssembly;

/** A compiled command, to be run as often as wanted. */
export interface Command {
  readonly __compiled: never;
}

export function compileCommand(bytes: Uint8Array): Promise<Command> {
  return wasm.compile(bytes);
}

const BADF = 8;
const NOENT = 44;
const ROOT = 3; // The one opened directory, by custom the first after the standard streams.
const CREATE = 1;
const TRUNCATE = 8;

class Exit extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`exit ${String(code)}`);
    this.code = code;
  }
}

/** The memory of a running program, little-endian as WebAssembly has it. */
class ProgramMemory {
  readonly #bufferOf: () => ArrayBuffer;

  /** @param bufferOf - asked each time: a memory that grows has another buffer. */
  constructor(bufferOf: () => ArrayBuffer) {
    this.#bufferOf = bufferOf;
  }

  bytes(at: number, length: number): Uint8Array {
    return new Uint8Array(this.#bufferOf(), at, length);
  }

  setU8(at: number, value: number): void {
    this.#view().setUint8(at, value);
  }

  setU32(at: number, value: number): void {
    this.#view().setUint32(at, value, true);
  }

  setU64(at: number, value: bigint): void {
    this.#view().setBigUint64(at, value, true);
  }

  /** The pieces of memory that a vector of (address, length) names. */
  pieces(vector: number, count: number): Uint8Array[] {
    const view = this.#view();
    return Array.from({ length: count }, (_, i) =>
      this.bytes(view.getUint32(vector + i * 8, true), view.getUint32(vector + i * 8 + 4, true)),
    );
  }

  #view(): DataView {
    return new DataView(this.#bufferOf());
  }
}

export interface CommandResult {
  readonly exitCode: number;
  /** What it wrote to its standard streams. */
  readonly text: string;
  /** A file it wrote, by the path it used, without a leading slash. */
  file(path: string): Uint8Array | undefined;
}

/** Runs a command to its end, synchronously, in a memory of its own. */
export function runCommand(command: Command, args: readonly string[]): CommandResult {
  const files = new MemoryFiles(ROOT + 1);
  const memory = new ProgramMemory(() => instance.exports.memory.buffer);
  let text = '';
  const wasi = {
    ...processCalls(memory, args),
    ...descriptorCalls(memory, files),
    ...fileCalls(memory, files),
    fd_write: writeCall(memory, files, (piece) => {
      text += Buffer.from(piece).toString();
    }),
  };

  const instance: Instance = new wasm.Instance(command, { wasi_snapshot_preview1: wasi });
  let exitCode = 0;
  try {
    instance.exports._start();
  } catch (thrown) {
    if (!(thrown instanceof Exit)) throw thrown;
    exitCode = thrown.code;
  }
  return { exitCode, text, file: (path) => files.contents(path) };
}

/** What a program asks of the process that it is: its arguments, the time, its end. */
function processCalls(memory: ProgramMemory, args: readonly string[]) {
  const argv = args.map((arg) => Buffer.from(`${arg}\0`));
  return {
    args_sizes_get(countAt: number, sizeAt: number) {
      memory.setU32(countAt, argv.length);
      memory.setU32(sizeAt, Buffer.concat(argv).length);
      return 0;
    },
    args_get(pointersAt: number, textAt: number) {
      let at = textAt;
      argv.forEach((arg, i) => {
        memory.setU32(pointersAt + i * 4, at);
        memory.bytes(at, arg.length).set(arg);
        at += arg.length;
      });
      return 0;
    },
    clock_time_get(_clock: number, _precision: bigint, at: number) {
      memory.setU64(at, 0n); // The same output on every run.
      return 0;
    },
    proc_exit(code: number) {
      throw new Exit(code);
    },
  };
}

/** What is asked of descriptors, and of the one directory that is open from the start. */
function descriptorCalls(memory: ProgramMemory, files: MemoryFiles) {
  return {
    fd_close: (fd: number) => (files.close(fd) ? 0 : BADF),
    fd_fdstat_get(fd: number, at: number) {
      memory.bytes(at, 24).fill(0);
      memory.setU8(at, fd < ROOT ? 2 : fd === ROOT ? 3 : 4); // Character device, directory, file.
      memory.setU64(at + 8, ~0n); // Every right.
      memory.setU64(at + 16, ~0n);
      return 0;
    },
    fd_fdstat_set_flags: () => 0,
    fd_prestat_get(fd: number, at: number) {
      if (fd !== ROOT) return BADF;
      memory.setU8(at, 0);
      memory.setU32(at + 4, 1);
      return 0;
    },
    fd_prestat_dir_name(_fd: number, at: number) {
      memory.bytes(at, 1).set(Buffer.from('/'));
      return 0;
    },
  };
}

/** Files are opened, read, and walked through. */
function fileCalls(memory: ProgramMemory, files: MemoryFiles) {
  return {
    path_open(...[, , pathAt, length, flags, , , , fdAt]: number[]) {
      const path = Buffer.from(memory.bytes(pathAt ?? 0, length ?? 0)).toString();
      const asked = flags ?? 0;
      const fd = files.open(path, { create: (asked & CREATE) !== 0, truncate: (asked & TRUNCATE) !== 0 });
      if (fd === undefined) return NOENT;
      memory.setU32(fdAt ?? 0, fd);
      return 0;
    },
    fd_read(fd: number, vector: number, count: number, readAt: number) {
      const opened = files.opened(fd);
      if (opened === undefined) return BADF;
      let total = 0;
      for (const piece of memory.pieces(vector, count)) {
        const taken = opened.file.contents().subarray(opened.at, opened.at + piece.length);
        piece.set(taken);
        opened.at += taken.length;
        total += taken.length;
      }
      memory.setU32(readAt, total);
      return 0;
    },
    fd_seek(fd: number, offset: bigint, whence: number, at: number) {
      const opened = files.opened(fd);
      if (opened === undefined) return BADF;
      opened.at = Number(offset) + (whence === 0 ? 0 : whence === 1 ? opened.at : opened.file.length);
      memory.setU64(at, BigInt(opened.at));
      return 0;
    },
  };
}

/** Writes to files, and tells what is written to the standard streams. */
function writeCall(memory: ProgramMemory, files: MemoryFiles, tell: (piece: Uint8Array) => void) {
  return (fd: number, vector: number, count: number, writtenAt: number) => {
    const opened = files.opened(fd);
    if (opened === undefined && fd >= ROOT) return BADF;
    let total = 0;
    for (const piece of memory.pieces(vector, count)) {
      if (opened === undefined) tell(piece);
      else {
        opened.file.write(opened.at, piece);
        opened.at += piece.length;
      }
      total += piece.length;
    }
    memory.setU32(writtenAt, total);
    return 0;
  };
}
