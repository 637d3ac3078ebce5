import type { Database } from 'better-sqlite3';
import { bookingOf, type BookingRow } from './booking-rows.ts';
import { openCalendar } from './booking-calendar.ts';
import type { AuditQueries } from '../audit.port.ts';
import type { CallLog } from './call-log.ts';
import { callQueries } from './call-queries.ts';
import { openEffectOutcomes } from './effect-outcomes.ts';
import { instantOf } from '../folds/instant.ts';
import type { AdmissionQueries } from '../admission.port.ts';
import type { ErasureQueries } from '../erasure.port.ts';
import type { OpenCall, Queries } from '../journal.port.ts';
import { errandOf, type OutboxRow } from './outbox-rows.ts';
import { pageOf } from './page.ts';
import { leadOf, type LeadRow, messageOf, type MessageRow } from './tool-rows.ts';
import { transcriptOf, transcriptWithUnheard } from '../folds/transcript.fold.ts';
import type { InThread } from './in-thread.ts';

type OwnQueries = Omit<Queries, keyof (ErasureQueries & AdmissionQueries & AuditQueries)>;

/** The named queries. They run between commits on the writer's own connection, so they see durable rows and only those. */
export function journalQueries(db: Database, log: CallLog): InThread<OwnQueries> {
  const bookingsOfDiary = db.prepare<[string, number, number], BookingRow>(
    `SELECT * FROM bookings WHERE diary = ? AND ends_at > ? AND starts_at < ? AND status = 'confirmed'
     ORDER BY starts_at, n`,
  );
  const countOfCall = db
    .prepare<[string], number>('SELECT count(*) FROM messages WHERE call_sid = ?')
    .pluck();
  const countOfDestination = db
    .prepare<[string, number], number>('SELECT count(*) FROM messages WHERE destination = ? AND at >= ?')
    .pluck();
  const outboxById = db.prepare<[string], OutboxRow>('SELECT * FROM outbox WHERE id = ?');
  const outboxDue = db
    .prepare<[number, number], string>(
      `SELECT id FROM outbox WHERE state <> 'done' AND due <= ? ORDER BY due, n LIMIT ?`,
    )
    .pluck();
  const outboxNext = db
    .prepare<[number], number | null>(`SELECT min(due) FROM outbox WHERE state <> 'done' AND due > ?`)
    .pluck();

  const openCalls = db.prepare<[string, number], OpenCall>(
    `SELECT call_sid AS callSid, state, last_at AS lastAt FROM calls INDEXED BY calls_by_state
     WHERE (state < 'ended' OR state > 'ended') AND call_sid > ? ORDER BY call_sid LIMIT ?`,
  );

  return {
    ...callQueries(db, log),
    effectOutcomes: openEffectOutcomes(db),
    openCalls: ({ limit, after = '' }) => openCalls.all(after, limit),
    call: ({ callSid }) => log.head(callSid)?.record,
    events: ({ callSid }) => log.events(callSid),
    transcript: ({ callSid, withUnheard = false }) =>
      (withUnheard ? transcriptWithUnheard : transcriptOf)(log.events(callSid)),
    standing({ callSid }) {
      const head = log.head(callSid);
      if (head?.record === undefined) return undefined;
      const { record, next, epoch } = head;
      return {
        next,
        epoch,
        ended: record.endedAt !== null,
        agentId: record.agentId,
        startedAt: Date.parse(record.startedAt),
      };
    },
    leads: (page) => pageOf(db, 'leads', page, (row) => leadOf(row as LeadRow)),
    bookings: (page) => pageOf(db, 'bookings', page, (row) => bookingOf(row as BookingRow)),
    messages: (page) => pageOf(db, 'messages', page, (row) => messageOf(row as MessageRow)),
    bookingsBetween: ({ diary, from, to }) =>
      bookingsOfDiary.all(diary, instantOf(from, 'from'), instantOf(to, 'to')).map(bookingOf),
    calendar: openCalendar(db),
    errand({ id }) {
      const row = outboxById.get(id);
      return row && errandOf(row);
    },
    outboxDue: ({ at, limit }) => ({
      ids: outboxDue.all(at, limit),
      nextDue: outboxNext.get(at) ?? undefined,
    }),
    messageCounts: ({ callSid, to, since }) => ({
      ofCall: countOfCall.get(callSid) ?? 0,
      ofDestination: countOfDestination.get(to, since) ?? 0,
    }),
  };
}
