/**
 * A table of the port as it is in the database's own thread: SQLite answers at once, and the promise is made by the
 * client, which waits for the thread.
 */
export type InThread<Table> = {
  readonly [Name in keyof Table]: Table[Name] extends (args: infer Args) => Promise<infer Result>
    ? (args: Args) => Result
    : never;
};
