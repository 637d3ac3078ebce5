import type { EndReason } from '../../../src/machines/call/call.events.ts';
import type { StoredEntry } from '../../../src/protocol/call-feed.ts';
import { unlawful } from '../laws/lawful.ts';
import type { LeftByKill } from './killed-script.ts';

/** What is wrong with a call whose process was killed, beside the same call whose process lived. Empty: nothing. */
export function wrongWith(killed: LeftByKill, undisturbed: LeftByKill): string[] {
  return [
    ...killed.faults,
    ...[unlawful('the call', killed.rows)].filter((told) => told !== undefined),
    ...lostRows(killed),
    ...brokenOrder(killed.rows),
    ...wrongEnd(killed, undisturbed),
    ...saidTwice(killed.rows),
    ...wrongEffects(killed, undisturbed),
    ...(killed.timers === 0 ? [] : [`${String(killed.timers)} timers outlive the call`]),
  ];
}

/** What was on the disk stays there, as it was. */
function lostRows({ rowsBefore, rows }: LeftByKill): string[] {
  const at = rowsBefore.findIndex((row, index) => JSON.stringify(row) !== JSON.stringify(rows[index]));
  return at < 0 ? [] : [`row ${String(at + 1)} is another one after the kill`];
}

/** Rows are numbered without a gap, and no date is before the one above. */
export function brokenOrder(rows: readonly StoredEntry[]): string[] {
  return rows.flatMap((row, index) => {
    const before = rows[index - 1];
    if (row.seq !== index + 1) return [`row ${String(index + 1)} has the number ${String(row.seq)}`];
    return before !== undefined && before.at > row.at
      ? [`row ${String(row.seq)} is older than the one above`]
      : [];
  });
}

/**
 * The carrier says that a call is over, and not who ended it: whoever was dead by then knows no better, nor whether there
 * would have been a stream.
 */
const TOLD_BY_CARRIER: Readonly<Record<string, readonly EndReason[]>> = {
  caller_hung_up: ['completed', 'lost'],
  failed: ['completed', 'lost'],
};

function wrongEnd(killed: LeftByKill, undisturbed: LeftByKill): string[] {
  const ends = killed.rows.filter(({ event }) => event === 'call.ended');
  const { endReason } = killed;
  const alike: readonly string[] = TOLD_BY_CARRIER[undisturbed.endReason ?? ''] ?? [];
  const isRight = endReason === undisturbed.endReason || alike.includes(endReason ?? '');
  return [
    ...(ends.length === 1 ? [] : [`the call ended ${String(ends.length)} times`]),
    ...(isRight
      ? []
      : [`ended as ${String(endReason)}, and as ${String(undisturbed.endReason)} without the kill`]),
  ];
}

/** A greeting that was heard is not said again. */
function saidTwice(rows: readonly StoredEntry[]): string[] {
  const heard = rows.findIndex(
    ({ state, event }) => event !== 'call.resumed' && state.startsWith('conversing.listening'),
  );
  if (heard < 0) return [];
  const again = rows
    .slice(heard)
    .some((row) => row.event === 'createResponse' && row.body.purpose === 'greeting');
  return again ? ['the greeting is said again'] : [];
}

const EFFECTS = { leads: 'create_lead', bookings: 'book_appointment', texts: 'send_sms' } as const;

/** Nothing is done more often than it was wanted, and what the model was told of is done. */
function wrongEffects(killed: LeftByKill, undisturbed: LeftByKill): string[] {
  const { rows } = killed;
  const namesById = new Map(
    rows.flatMap((row) =>
      row.event === 'tool.requested' ? [[row.body.request.toolCallId, row.body.request.name] as const] : [],
    ),
  );
  return (['leads', 'bookings', 'texts'] as const).flatMap((kind) => {
    const told = rows.some(
      (row) =>
        row.event === 'tool.settled' &&
        row.body.outcome.status === 'ok' &&
        namesById.get(row.body.toolCallId) === EFFECTS[kind],
    );
    const wanted = undisturbed[kind];
    if (killed[kind] > wanted) return [`${String(killed[kind])} ${kind}, and ${String(wanted)} were wanted`];
    return told && killed[kind] < wanted ? [`the model was told of ${kind} that are not there`] : [];
  });
}
