/**
 * The part of WASI preview 1 that a command-line program needs to run once,
 * with its files in memory: arguments, output text, files by path.
 *
 * Contract: `wasi_snapshot_preview1` witx. Errors are its numbers: 8 `badf`,
 * 44 `noent`. `node:wasi` is not used: it prints a warning and wants a disk.
 */

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

class MemoryFile {
  #bytes = new Uint8Array(65_536);
  length = 0;

  contents(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }

  write(at: number, piece: Uint8Array): void {
    const end = at + piece.length;
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(end, 2 * this.#bytes.length));
      larger.set(this.contents());
      this.#bytes = larger;
    }
    this.#bytes.set(piece, at);
    this.length = Math.max(this.length, end);
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
  const files = new Map<string, MemoryFile>();
  const open = new Map<number, { file: MemoryFile; at: number }>();
  const argv = args.map((arg) => Buffer.from(`${arg}\0`));
  let text = '';
  let nextFd = ROOT + 1;

  const view = () => new DataView(instance.exports.memory.buffer);
  const bytes = (at: number, length: number) => new Uint8Array(instance.exports.memory.buffer, at, length);
  const setU32 = (at: number, value: number) => {
    view().setUint32(at, value, true);
  };
  /** The pieces of memory that a vector of (address, length) names. */
  const pieces = (vector: number, count: number) =>
    Array.from({ length: count }, (_, i) =>
      bytes(view().getUint32(vector + i * 8, true), view().getUint32(vector + i * 8 + 4, true)),
    );

  const wasi = {
    args_sizes_get(countAt: number, sizeAt: number) {
      setU32(countAt, argv.length);
      setU32(sizeAt, Buffer.concat(argv).length);
      return 0;
    },
    args_get(pointersAt: number, textAt: number) {
      let at = textAt;
      argv.forEach((arg, i) => {
        setU32(pointersAt + i * 4, at);
        bytes(at, arg.length).set(arg);
        at += arg.length;
      });
      return 0;
    },
    clock_time_get(_clock: number, _precision: bigint, at: number) {
      view().setBigUint64(at, 0n, true); // The same output on every run.
      return 0;
    },
    fd_close: (fd: number) => (open.delete(fd) ? 0 : BADF),
    fd_fdstat_get(fd: number, at: number) {
      bytes(at, 24).fill(0);
      view().setUint8(at, fd < ROOT ? 2 : fd === ROOT ? 3 : 4); // Character device, directory, file.
      view().setBigUint64(at + 8, ~0n, true); // Every right.
      view().setBigUint64(at + 16, ~0n, true);
      return 0;
    },
    fd_fdstat_set_flags: () => 0,
    fd_prestat_get(fd: number, at: number) {
      if (fd !== ROOT) return BADF;
      view().setUint8(at, 0);
      setU32(at + 4, 1);
      return 0;
    },
    fd_prestat_dir_name(_fd: number, at: number) {
      bytes(at, 1).set(Buffer.from('/'));
      return 0;
    },
    path_open(...[, , pathAt, length, flags, , , , fdAt]: number[]) {
      const path = Buffer.from(bytes(pathAt ?? 0, length ?? 0)).toString();
      let file = files.get(path);
      if (file === undefined) {
        if (!((flags ?? 0) & CREATE)) return NOENT;
        files.set(path, (file = new MemoryFile()));
      }
      if ((flags ?? 0) & TRUNCATE) file.length = 0;
      open.set(nextFd, { file, at: 0 });
      setU32(fdAt ?? 0, nextFd++);
      return 0;
    },
    fd_read(fd: number, vector: number, count: number, readAt: number) {
      const opened = open.get(fd);
      if (opened === undefined) return BADF;
      let total = 0;
      for (const piece of pieces(vector, count)) {
        const taken = opened.file.contents().subarray(opened.at, opened.at + piece.length);
        piece.set(taken);
        opened.at += taken.length;
        total += taken.length;
      }
      setU32(readAt, total);
      return 0;
    },
    fd_seek(fd: number, offset: bigint, whence: number, at: number) {
      const opened = open.get(fd);
      if (opened === undefined) return BADF;
      opened.at = Number(offset) + (whence === 0 ? 0 : whence === 1 ? opened.at : opened.file.length);
      view().setBigUint64(at, BigInt(opened.at), true);
      return 0;
    },
    fd_write(fd: number, vector: number, count: number, writtenAt: number) {
      const opened = open.get(fd);
      if (opened === undefined && fd >= ROOT) return BADF;
      let total = 0;
      for (const piece of pieces(vector, count)) {
        if (opened === undefined) text += Buffer.from(piece).toString();
        else {
          opened.file.write(opened.at, piece);
          opened.at += piece.length;
        }
        total += piece.length;
      }
      setU32(writtenAt, total);
      return 0;
    },
    proc_exit(code: number) {
      throw new Exit(code);
    },
  };

  const instance = new wasm.Instance(command, { wasi_snapshot_preview1: wasi });
  let exitCode = 0;
  try {
    instance.exports._start();
  } catch (thrown) {
    if (!(thrown instanceof Exit)) throw thrown;
    exitCode = thrown.code;
  }
  return { exitCode, text, file: (path) => files.get(path)?.contents() };
}
