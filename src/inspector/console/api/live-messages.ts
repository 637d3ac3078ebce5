/** What goes over `/api/live`, as the page reads it. */
export interface LiveSubscription {
  readonly type: 'subscribe';
  readonly token?: string;
  readonly callSids: readonly string[];
  readonly since: Readonly<Record<string, number>>;
}

export interface LiveCall {
  readonly callSid: string;
  readonly agentId: string;
  readonly state: string;
  readonly startedAt: string;
  readonly speaking: 'caller' | 'agent' | null;
  readonly activity: number;
}

export interface LiveRow {
  readonly seq: number;
}

export type LiveMessage =
  | { readonly type: 'calls'; readonly calls: readonly LiveCall[] }
  | { readonly type: 'rows'; readonly callSid: string; readonly rows: readonly LiveRow[] }
  | { readonly type: 'resync'; readonly callSid: string };
