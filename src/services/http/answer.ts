import type { Readable } from 'node:stream';
import type { ActFindings } from '../../protocol/console-audit.ts';

/** What a route answers: plain data, written to the socket in one place. */
export interface Answer {
  readonly status: number;
  /** Media type of `text`; UTF-8. */
  readonly type: string;
  readonly text: string;
  /** Sent instead of the text. */
  readonly bytes?: Uint8Array;
  /** Sent instead of either, as it comes. */
  readonly stream?: Readable;
  readonly headers?: Readonly<Record<string, string>>;
  /** For the audit trail, and not for the client. */
  readonly findings?: ActFindings;
}

/** A JSON answer. */
export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, type: 'application/json', text: JSON.stringify(body), headers };
}
