import type { FullRow } from '../../src/protocol/console-calls.ts';
import type {
  LiveCall,
  LiveMessage,
  LiveSubscriptionInput,
  SpokenWords,
} from '../../src/protocol/console-live.ts';

/** The part of a WebSocket that the feed uses. */
export interface FeedSocket {
  send(text: string): void;
  close(): void;
}

/** What a socket calls: when it has opened, for each text message, when it has closed. */
export interface FeedEars {
  readonly onOpen: () => void;
  readonly onText: (text: string) => void;
  readonly onClose: () => void;
}

export interface LiveFeedDeps {
  readonly connect: (ears: FeedEars) => FeedSocket;
  /**
   * Asked when a socket did not open, because a browser does not tell why. True: the engine wants a token, or
   * another one; the feed then connects no more until {@link FeedClient.retry}. Never rejects.
   */
  readonly isRefused: () => Promise<boolean>;
  readonly setTimeout: (fn: () => void, ms: number) => number;
  readonly clearTimeout: (id: number) => void;
}

/** The state of the socket. `idle`: nobody watches. `lost`: another attempt follows. `refused`: the engine wants a token. */
export type FeedStatus = 'idle' | 'connecting' | 'open' | 'lost' | 'refused';

/** Takes live calls: all of them when `isWhole`, else those that changed. A call whose state is `ended` is over. */
export type ListWatcher = (calls: readonly LiveCall[], isWhole: boolean) => void;

/** Takes the rows of one call. */
export interface RowWatcher {
  /** The number of the last row that it has; the feed sends the rows behind it. */
  readonly since: () => number;
  readonly onRows: (rows: readonly FullRow[]) => void;
  /** Called with all the lines that are being spoken now. */
  readonly onWords?: (lines: readonly SpokenWords[]) => void;
  /** Called when the engine cannot send rows that are missing: the call must be loaded again. */
  readonly onResync: () => void;
}

/** The pause before the first new attempt, in ms. It doubles with each attempt, up to `LAST_PAUSE_MS`. */
const FIRST_PAUSE_MS = 250;
const LAST_PAUSE_MS = 8_000;

/**
 * Watches live calls over one socket for the whole page, which is open while
 * anybody watches. A lost socket is opened again and misses nothing: each
 * watcher says which row it has last.
 */
export class FeedClient {
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

  /** True from the loss of a socket until one is open again, or the engine wants a token. */
  readonly isGone = (): boolean => this.#isGone;

  readonly onStatus = (listener: () => void): (() => void) => {
    this.#statusListeners.add(listener);
    return () => {
      this.#statusListeners.delete(listener);
    };
  };

  /** Calls `onCalls` with all live calls first, then with those that change. @returns a function that ends it. */
  watchList(onCalls: ListWatcher): () => void {
    this.#listWatchers.add(onCalls);
    this.#reach();
    return () => {
      this.#listWatchers.delete(onCalls);
      this.#reach();
    };
  }

  /** Gives every new row of one call to `watcher`, in order, without a gap. @returns a function that ends it. */
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

  /** Connects again at once: after a new token, or when the viewer does not want to wait. */
  retry(): void {
    if (this.#status === 'open' || this.#status === 'connecting') return;
    this.#pauseMs = FIRST_PAUSE_MS;
    this.#rest('idle');
    this.#reach();
  }

  /** Opens, closes or updates the socket, as what is watched has changed. */
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
    // Events of a socket that was given up are ignored.
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

  /** Closes the socket and makes no other attempt. */
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
