import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';

const keptCase = z.strictObject({
  /** The test's name with those of what is around it, as `vitest -t` takes it. */
  test: z.string(),
  /** Which property of the test it is, from 1. */
  property: z.int().min(1),
  seed: z.int(),
  /** The way to the value, as fast-check prints it. */
  path: z.string(),
  /** What the property was tried with: the beginning of the value as text. */
  value: z.string(),
});

/** A way on which a property was found to fail once. */
export type KeptCase = Readonly<z.infer<typeof keptCase>>;

const keptCases = z.array(keptCase);

/** The cases that properties have failed with: a JSON file for each test file, in a folder like that of the tests. */
export class KeptCases {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The test files of which cases are kept, relative to the folder of the tests. */
  testFiles(): readonly string[] {
    if (!existsSync(this.#folder)) return [];
    return readdirSync(this.#folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.json'))
      .map((name) => name.slice(0, -'.json'.length));
  }

  /** Where the cases of a test file are kept. */
  fileOf(testFile: string): string {
    return join(this.#folder, `${testFile}.json`);
  }

  /**
   * The cases of a test file, in the order in which they were found.
   *
   * @throws ZodError when somebody has written something else into the file
   */
  of(testFile: string): readonly KeptCase[] {
    const file = this.fileOf(testFile);
    return existsSync(file) ? keptCases.parse(JSON.parse(readFileSync(file, 'utf8'))) : [];
  }

  /** Adds a case; the same value of the same property is one case, whatever way leads to it. */
  keep(testFile: string, found: KeptCase): void {
    const known = this.of(testFile);
    const isKnown = known.some(
      ({ test, property, value }) =>
        test === found.test && property === found.property && value === found.value,
    );
    if (isKnown) return;
    const file = this.fileOf(testFile);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify([...known, found], null, 2)}\n`);
  }
}
