import type { FullRow } from '../../../protocol/console-calls.ts';
import type {
  LiveCall,
  LiveMessage,
  LiveSubscriptionInput,
  SpokenWords,
} from '../../../protocol/console-live.ts';

/** What the feed does with a socket; the browser's own fits. */
export interface FeedSocket {
  send(text: string): void;
  close(): void;
}

/** What a socket tells the feed. */
export interface FeedEars {
  readonly onOpen: () => void;
  readonly onText: (text: string) => void;
  readonly onClose: () => void;
}

export interface LiveFeedDeps {
  readonly connect: (ears: FeedEars) => FeedSocket;
  /**
   * Asked when a socket did not open, because a browser does not tell why. True: the engine wants a token, or
   * another one; the feed rests until {@link LiveFeed.retry}. Never rejects.
   */
  readonly isRefused: () => Promise<boolean>;
  readonly setTimeout: (fn: () => void, ms: number) => number;
  readonly clearTimeout: (id: number) => void;
}

/** `idle` while nobody watches; `refused` until there is another token. */
export type FeedStatus = 'idle' | 'connecting' | 'open' | 'lost' | 'refused';

/** `isWhole`: these are all the calls that are live. Else those that changed; one whose state is `ended` is over. */
export type ListWatcher = (calls: readonly LiveCall[], isWhole: boolean) => void;

/** Whoever watches one call. */
export interface RowWatcher {
  /** The last row it has; the feed goes on from the next. */
  readonly since: () => number;
  readonly onRows: (rows: readonly FullRow[]) => void;
  /** What is being said at this moment, all of it. */
  readonly onWords?: (lines: readonly SpokenWords[]) => void;
  /** Rows in between are gone: read the call anew. */
  readonly onResync: () => void;
}

/** First pause before another attempt, in ms; each next one is twice as long, up to the last. */
const FIRST_PAUSE_MS = 250;
const LAST_PAUSE_MS = 8_000;

/**
 * The engine's live feed: one socket for the whole page, open while anybody
 * watches anything. When it is lost it comes back by itself and goes on where
 * it was: each watcher says which row it has last.
 */
export class LiveFeed {
  readonly #deps: LiveFeedDeps;
  readonly #listWatchers = new Set<ListWatcher>();
  readonly #rowWatchers = new Map<string, Set<RowWatcher>>();
  readonly #statusListeners = new Set<() => void>();
  #status: FeedStatus = 'idle';
  #isGone = false;
  #socket: FeedSocket | undefined;
  #retryTimer: number | undefined;
  #pauseMs = FIRST_PAUSE_MS;

  constructor(deps: LiveFeedDeps) {
    this.#deps = deps;
  }

  readonly status = (): FeedStatus => this.#status;

  /** The engine does not answer: from a loss, through every attempt after it, until a socket is open again. */
  readonly isGone = (): boolean => this.#isGone;

  readonly onStatus = (listener: () => void): (() => void) => {
    this.#statusListeners.add(listener);
    return () => {
      this.#statusListeners.delete(listener);
    };
  };

  /** Tells of every live call: the whole list first, then those that changed. */
  watchList(onCalls: ListWatcher): () => void {
    this.#listWatchers.add(onCalls);
    this.#reach();
    return () => {
      this.#listWatchers.delete(onCalls);
      this.#reach();
    };
  }

  /** Tells of every new row of one call, in order, without a gap. */
  watchCall(callSid: string, watcher: RowWatcher): () => void {
    const watchers = this.#rowWatchers.get(callSid) ?? new Set();
    this.#rowWatchers.set(callSid, watchers.add(watcher));
    this.#reach();
    return () => {
      watchers.delete(watcher);
      if (watchers.size === 0) this.#rowWatchers.delete(callSid);
      this.#reach();
    };
  }

  /** Tries again at once: there is a new token, or the viewer does not want to wait. */
  retry(): void {
    if (this.#status === 'open' || this.#status === 'connecting') return;
    this.#pauseMs = FIRST_PAUSE_MS;
    this.#rest('idle');
    this.#reach();
  }

  /** Brings the socket in line with what is watched. */
  #reach(): void {
    if (this.#listWatchers.size === 0 && this.#rowWatchers.size === 0) {
      this.#rest('idle');
      return;
    }
    if (this.#status === 'open') this.#subscribe();
    else if (this.#status === 'idle') this.#connect();
  }

  #connect(): void {
    this.#become('connecting');
    let hasOpened = false;
    // What a socket says that was let go is not heard.
    const whileMine = (react: () => void) => {
      if (this.#socket === socket) react();
    };
    const socket = this.#deps.connect({
      onOpen: () => {
        whileMine(() => {
          hasOpened = true;
          this.#become('open');
          this.#subscribe();
        });
      },
      onText: (text) => {
        whileMine(() => {
          this.#pauseMs = FIRST_PAUSE_MS;
          this.#take(JSON.parse(text) as LiveMessage);
        });
      },
      onClose: () => {
        whileMine(() => {
          this.#lost();
          if (!hasOpened) void this.#askWhy();
        });
      },
    });
    this.#socket = socket;
  }

  async #askWhy(): Promise<void> {
    const isRefused = await this.#deps.isRefused();
    if (isRefused && this.#status !== 'open' && this.#status !== 'idle') this.#rest('refused');
  }

  #lost(): void {
    this.#socket = undefined;
    this.#rest('lost');
    this.#retryTimer = this.#deps.setTimeout(() => {
      this.#connect();
    }, this.#pauseMs);
    this.#pauseMs = Math.min(2 * this.#pauseMs, LAST_PAUSE_MS);
  }

  #subscribe(): void {
    const callSids = [...this.#rowWatchers.keys()];
    const since = [...this.#rowWatchers].map(([callSid, watchers]): [string, number] => [
      callSid,
      Math.min(...[...watchers].map((watcher) => watcher.since())),
    ]);
    const subscription: LiveSubscriptionInput = {
      type: 'subscribe',
      callSids,
      since: Object.fromEntries(since),
    };
    this.#socket?.send(JSON.stringify(subscription));
  }

  #take(message: LiveMessage): void {
    switch (message.type) {
      case 'calls':
        for (const watch of this.#listWatchers) watch(message.calls, message.isWhole);
        return;
      case 'rows':
        for (const watcher of this.#rowWatchers.get(message.callSid) ?? []) {
          const since = watcher.since();
          const fresh = message.rows.filter(({ seq }) => seq > since);
          if (fresh.length > 0) watcher.onRows(fresh);
        }
        return;
      case 'words':
        for (const watcher of this.#rowWatchers.get(message.callSid) ?? []) watcher.onWords?.(message.lines);
        return;
      case 'resync':
        for (const watcher of this.#rowWatchers.get(message.callSid) ?? []) watcher.onResync();
        return;
    }
  }

  /** Lets the socket go and waits for nothing. */
  #rest(status: FeedStatus): void {
    if (this.#retryTimer !== undefined) this.#deps.clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
    this.#become(status);
  }

  #become(status: FeedStatus): void {
    if (status === this.#status) return;
    this.#status = status;
    if (status === 'lost') this.#isGone = true;
    if (status === 'open' || status === 'refused') this.#isGone = false;
    for (const listener of this.#statusListeners) listener();
  }
}
