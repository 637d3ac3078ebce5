/** A file in memory. */
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

/** A file that a program has open, and the place in it where it reads or writes next, in bytes. */
interface OpenFile {
  readonly file: MemoryFile;
  at: number;
}

interface OpenFlags {
  /** A file that is not there is made. */
  readonly create: boolean;
  /** What was in it is dropped. */
  readonly truncate: boolean;
}

/** The files of one run of a program, by path, and those that are open, by descriptor. */
export class MemoryFiles {
  readonly #files = new Map<string, MemoryFile>();
  readonly #open = new Map<number, OpenFile>();
  #nextFd: number;

  /** @param firstFd - the lowest descriptor that a file may have. */
  constructor(firstFd: number) {
    this.#nextFd = firstFd;
  }

  /** A file's bytes, or undefined when none has this path. */
  contents(path: string): Uint8Array | undefined {
    return this.#files.get(path)?.contents();
  }

  /** The descriptor; undefined for a file that is not there and not to be made. */
  open(path: string, { create, truncate }: OpenFlags): number | undefined {
    let file = this.#files.get(path);
    if (file === undefined) {
      if (!create) return undefined;
      this.#files.set(path, (file = new MemoryFile()));
    }
    if (truncate) file.length = 0;
    this.#open.set(this.#nextFd, { file, at: 0 });
    return this.#nextFd++;
  }

  opened(fd: number): OpenFile | undefined {
    return this.#open.get(fd);
  }

  /** False when no file is open by this descriptor. */
  close(fd: number): boolean {
    return this.#open.delete(fd);
  }
}
