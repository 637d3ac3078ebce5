import type { Database } from 'better-sqlite3';
import type { CallHead } from './call-heads.ts';
import type { CallLog } from './call-log.ts';
import { openEarlyCallbacks } from './early-callbacks.ts';
import { jsonOfBody } from '../folds/event-row.ts';
import type { Transactions } from '../journal.port.ts';
import { recordingTransactions } from './recording-transactions.ts';
import type { InThread } from './in-thread.ts';

type CallTransaction =
  | 'acceptCall'
  | 'nextEpoch'
  | 'consumeToken'
  | 'decideNext'
  | 'endCall'
  | 'noteCallOver'
  | 'append'
  | 'noteRecording';

/** The transactions of a call's own life. Each is called inside an open database transaction. */
export function callTransactions(db: Database, log: CallLog): InThread<Pick<Transactions, CallTransaction>> {
  const insertToken = db.prepare<[string, string, number, number]>(
    'INSERT INTO tokens (nonce, call_sid, epoch, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const early = openEarlyCallbacks(db);
  const liveHead = (callSid: string, isLive = false): CallHead | undefined => {
    const head = log.head(callSid);
    if (head?.record === undefined) return undefined;
    return isLive || head.record.endedAt === null ? head : undefined;
  };

  const endCall: InThread<Transactions>['endCall'] = ({ callSid, reason, at }) => {
    if (liveHead(callSid) === undefined) return false;
    log.note(callSid, { at, from: 'call', event: 'call.ended', state: 'ended', body: { reason } });
    return true;
  };
  /** Adds what was told of a call before it was accepted; its end comes last. False when it is over by that. */
  const catchUp = (callSid: string): boolean => {
    const told = early.take(callSid);
    for (const fact of told.filter(({ event }) => event !== 'call.ended')) log.note(callSid, fact);
    const end = told.find(({ event }) => event === 'call.ended');
    if (end === undefined) return true;
    log.note(callSid, { ...end, from: 'call', state: 'ended' });
    return false;
  };

  return {
    acceptCall({ at, isLive, ...body }) {
      const known = log.head(body.callSid);
      if (known?.record !== undefined) {
        const live = liveHead(body.callSid, isLive);
        return live && { epoch: live.epoch + 1, isNew: false };
      }
      if (log.isErased(body.callSid)) return undefined;
      log.note(body.callSid, { at, from: 'call', event: 'call.accepted', state: 'connecting', body });
      if (!catchUp(body.callSid)) return undefined;
      return { epoch: (known?.epoch ?? 0) + 1, isNew: true };
    },

    nextEpoch({ callSid, isLive }) {
      const head = liveHead(callSid, isLive);
      return head && { epoch: head.epoch + 1 };
    },

    consumeToken({ nonce, callSid, epoch, at, isLive }) {
      if (liveHead(callSid, isLive)?.epoch !== epoch - 1) return false;
      if (insertToken.run(nonce, callSid, epoch, at).changes === 0) return false;
      log.note(callSid, { at, event: 'stream.accepted', body: { epoch } });
      return true;
    },

    decideNext({ callSid, next, to, at }) {
      const body = { next, ...(to !== undefined && { to }) };
      log.note(callSid, { at, event: 'next.decided', body });
    },

    endCall,

    noteCallOver({ callSid, reason, at }) {
      if (endCall({ callSid, reason, at })) return;
      if (log.head(callSid)?.record !== undefined || log.isErased(callSid)) return;
      early.keep(callSid, { at, event: 'call.ended', body: { reason } });
    },

    ...recordingTransactions(db, log, early),

    append({ callSid, rows }) {
      log.append(
        callSid,
        rows.map((row) => ({ ...row, body: jsonOfBody(row.body) })),
      );
    },
  };
}
