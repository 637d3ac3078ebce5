/** A row of a call's log, as the API shows it. */
interface ShownRow {
  readonly seq: number;
}

/** What somebody has seen of the logs of calls: none of it may be gone later, or be something else. */
export class SeenRows {
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;
  /** By call, and by seq: each row as it was shown. */
  readonly #seen = new Map<string, Map<number, string>>();

  constructor(url: string, adminToken: string) {
    this.#url = url;
    this.#headers = { authorization: `Bearer ${adminToken}`, connection: 'close' };
  }

  /** Looks at what is new in a call's log. */
  async look(callSid: string): Promise<void> {
    const seen = this.#seen.get(callSid) ?? new Map<number, string>();
    this.#seen.set(callSid, seen);
    // Whoever is asked may be killed: then nothing was seen.
    const rows = await this.#rowsAfter(callSid, Math.max(0, ...seen.keys())).catch(() => []);
    for (const row of rows) seen.set(row.seq, JSON.stringify(row));
  }

  /** Looks at all of them once more. */
  async compare(): Promise<{ seenRows: number; lostRows: number }> {
    let [seenRows, lostRows] = [0, 0];
    for (const [callSid, seen] of this.#seen) {
      if (seen.size === 0) continue;
      const now = new Map((await this.#rowsAfter(callSid, 0)).map((row) => [row.seq, JSON.stringify(row)]));
      seenRows += seen.size;
      for (const [seq, row] of seen) if (now.get(seq) !== row) lostRows += 1;
    }
    return { seenRows, lostRows };
  }

  /** The calls of all bookings, each as often as it has one. */
  async bookings(): Promise<string[]> {
    const all: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page = (await this.#get(`/api/bookings?limit=200${cursor && `&cursor=${cursor}`}`)) as {
        items: { callSid: string }[];
        nextCursor: string | null;
      };
      all.push(...page.items.map(({ callSid }) => callSid));
      cursor = page.nextCursor;
    }
    return all;
  }

  async #rowsAfter(callSid: string, seq: number): Promise<ShownRow[]> {
    return (await this.#get(`/api/calls/${callSid}/events?after=${String(seq)}`)) as ShownRow[];
  }

  async #get(path: string): Promise<unknown> {
    const options = { headers: this.#headers, signal: AbortSignal.timeout(10_000) };
    const response = await fetch(`${this.#url}${path}`, options);
    if (!response.ok) throw new Error(`${path} answered ${String(response.status)}`);
    return response.json();
  }
}
