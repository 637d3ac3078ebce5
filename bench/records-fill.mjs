import { randomUUID } from 'node:crypto';
import process from 'node:process';
import { openStore } from '../dist/services/storage/sqlite/store.js';

/** Calls in one commit: it costs a sync of the disk, whatever it holds. */
const CALLS_AT_ONCE = 4000;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const RESOURCES = Array.from({ length: 20 }, (_, n) => `room-${String(n)}`);
const NO_CEILINGS = { calls: null, modelMs: null, costMicros: null };
const NO_LIMITS = { perCall: 100, perDestinationAndDay: 1_000_000, perEngineAndDay: 100_000_000 };

/**
 * Fills a database with calls through the engine's own store, as each of them would have told it: every row, index and
 * sum is what it would have written.
 *
 * @param callAt - the call of a number (made-calls.mjs).
 */
export function fill(file, { calls, callAt }) {
  const store = openStore(file);
  const begun = Date.now();
  try {
    for (let first = 0; first < calls; first += CALLS_AT_ONCE) {
      store.atomically(() => {
        for (let n = first; n < Math.min(calls, first + CALLS_AT_ONCE); n++) liveThrough(store, callAt(n));
      });
      store.capWriteAheadLog();
      if (first % 40_000 === 0 && first > 0) {
        process.stderr.write(`${String(first)} calls after ${((Date.now() - begun) / 1000).toFixed(0)} s\n`);
      }
    }
  } finally {
    store.close();
  }
}

function liveThrough(store, call) {
  const { n, at, callSid, caller, agentId, direction, from, to, isTest, rows, reason, chance, script } = call;
  const phone = caller.startsWith('+') ? caller : null;
  const day = new Date(at).toISOString().slice(0, 10);
  const terms = { at, day, ceilings: NO_CEILINGS, phone, caller: { phone, perHour: 1_000_000 } };
  const accepted = { callSid, agentId, direction, from, to, ...(isTest && { isTest }), at };
  const { epoch } = store.transact('admitCall', { ...accepted, terms });
  store.transact('consumeToken', { nonce: randomUUID(), callSid, epoch, at });
  store.append(
    callSid,
    rows.map((row) => ({ ...row, body: JSON.stringify(row.body) })),
  );
  for (const { body } of rows.filter(({ event }) => event === 'tool.requested'))
    settleEffect(store, call, body.request);
  if (chance() < 0.15) book(store, call, phone);
  if (chance() < 0.1) {
    const lead = { name: call.sentence(), phone, email: null, interest: call.sentence(), notes: null };
    store.transact('createLead', { key: `${callSid} lead`, callSid, ...lead, at });
  }
  if (phone !== null && chance() < 0.2) sendText(store, call, phone);
  if (chance() < 0.3) {
    const recordingSid = `RE${callSid.slice(2)}`;
    store.transact('noteRecording', {
      callSid,
      recordingSid,
      status: 'completed',
      durationS: 30,
      at: at + 60_000,
    });
  }
  if (script.some(({ event }) => event === 'next.decided'))
    store.transact('decideNext', { callSid, next: 'hangup', at });
  store.transact('endCall', { callSid, reason, at: rows.at(-1)?.at ?? at });
  store.transact('addSpending', { day, modelMs: 30_000, costMicros: 40_000 });
  if (n % 50 === 0) act(store, call);
  if (n % 1000 === 0) {
    store.transact('noteRefusal', { callSid: `CA${randomUUID()}`, phone, cause: 'callerPerHour', at });
    if (phone !== null) store.transact('blockNumber', { phone: `${phone}9`, at });
  }
}

function settleEffect(store, { callSid, at }, { toolCallId, name }) {
  const key = `${callSid} ${toolCallId}`;
  store.transact('intendEffect', { key, callSid, tool: name, toolCallId, at });
  const outcome = { status: 'ok', output: '{"found":true}' };
  store.transact('concludeEffect', {
    ...{ key, callSid, outcome, at },
    isFinal: true,
    isLate: false,
    undoes: [],
  });
}

/** Each slot is another one: so many rooms have room for all of them. */
function book(store, { n, callSid, caller, agentId, at, chance, sentence }, phone) {
  const begins = Math.floor(at / HOUR_MS) * HOUR_MS + Math.floor(chance() * 30) * DAY_MS;
  const slot = (from) => ({
    startsAt: new Date(from).toISOString(),
    endsAt: new Date(from + 1_800_000).toISOString(),
  });
  const made = store.transact('createBooking', {
    ...{ key: `${callSid} booking`, diary: agentId, resources: RESOURCES, maxPerCall: 3, callSid },
    ...{ caller: phone === null ? null : caller, name: sentence(), phone, service: 'haircut' },
    ...{ ...slot(begins), timezone: 'UTC', at },
  });
  if (made.outcome !== 'booked') return;
  const { id } = made.booking;
  if (n % 10 === 0) store.transact('cancelBooking', { key: `${callSid} cancel`, id, callSid, at });
  if (n % 10 === 1) {
    const resources = RESOURCES;
    store.transact('moveBooking', {
      key: `${callSid} move`,
      id,
      callSid,
      resources,
      ...slot(begins + DAY_MS),
      at,
    });
  }
}

function sendText(store, { n, callSid, at, sentence }, to) {
  const text = { key: `${callSid} text`, callSid, to, body: sentence(), limits: NO_LIMITS, at };
  const { message } = store.transact('createMessage', text);
  if (message === undefined) return;
  const { id } = message;
  store.transact('claimOutbox', { id, at, until: at + 60_000 });
  if (n % 100 === 0) {
    store.transact('settleOutbox', { id, status: 'failed', reason: `${to} cannot take texts`, at });
    return;
  }
  const providerSid = `SM${callSid.slice(2)}`;
  store.transact('settleOutbox', { id, candidates: [{ providerSid, status: 'delivered' }], at });
}

function act(store, { callSid, agentId, at }) {
  const id = randomUUID();
  store.transact('beginAct', {
    ...{ id, at, who: 'token', client: 'browser', address: '127.0.0.1' },
    ...{ act: 'readRecording', callSid, agentId },
  });
  store.transact('concludeAct', { id, status: 200 });
}
