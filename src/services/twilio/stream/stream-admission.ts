import type { Clock } from '../../../clock.ts';
import { EngineError, type ErrorCode, ERRORS, noteOf } from '../../../errors.ts';
import { readStreamMessage, type StreamMessage } from '../../../protocol/twilio-stream.ts';
import type { Log } from '../../../log.ts';
import type { DoorRefusal } from '../../sockets/refusal.ts';
import type { Journal } from '../../storage/journal.port.ts';
import type { TextSocket } from '../../sockets/text-socket.ts';
import { EarlyMessages } from './early-messages.ts';
import { TwilioStream } from './twilio-stream.ts';
import type { CarrierStream } from '../../phone/carrier.port.ts';
import type { StreamPeer, StreamTicket, StreamTokens } from '../../phone/stream-token.ts';

/** Twilio says `start` right after the handshake; a socket that does not is held for nothing. */
const START_WITHIN_MS = 5000;

/** The `<Parameter>` that carries the token. */
export const TOKEN_PARAMETER = 'token';

export interface AdmissionRules {
  /** Who opened the socket; only tokens for this kind of peer are accepted. */
  readonly peer: StreamPeer;
  readonly tokens: StreamTokens;
  readonly journal: Pick<Journal, 'transact'>;
  attach(callSid: string, stream: CarrierStream): boolean;
  /** The date by the call's own clock, for its log. */
  dateOf(callSid: string): number;
  /** Whether the call is in memory and goes on, whatever its row says. */
  isLive(callSid: string): boolean;
  /** Gives the socket to the process that the call lives in. False: it lives in no other one. Absent: there is none. */
  readonly handOver?: ((callSid: string, socket: TextSocket) => Promise<boolean>) | undefined;
  /** Called with the reason when the socket is refused. */
  refused(reason: DoorRefusal['reason'], detail: string, callSid?: string): void;
  /** Called once: the socket has started, or is gone. */
  arrived(): void;
  readonly log: Log;
  readonly clock: Clock;
}

type Start = Extract<StreamMessage, { event: 'start' }>;

/**
 * Waits for the `start` of a new socket, burns its token and hands the stream to
 * its call. Whatever is in doubt closes the socket; the call that it claimed to
 * be for is not told of it. What the caller says while the token is being burnt
 * waits in the stream.
 */
export function admitStream(socket: TextSocket, rules: AdmissionRules): void {
  const { clock, log } = rules;
  const early = new EarlyMessages();
  let isWaiting = true;

  const settle = () => {
    if (!isWaiting) return;
    isWaiting = false;
    clock.clearTimeout(timer);
    socket.off('message', onMessage);
    socket.off('ping', onControl);
    socket.off('pong', onControl);
    rules.arrived();
  };
  const reject = (code: 'STREAM_OUT_OF_ORDER' | 'STREAM_NOT_STARTED', detail: string) => {
    settle();
    rules.refused(code === 'STREAM_NOT_STARTED' ? 'not_started' : 'out_of_order', detail);
    turnAway(socket, code);
  };
  const onControl = (data: Buffer) => {
    if (!early.control(data.length)) reject('STREAM_OUT_OF_ORDER', 'too many bytes before `start`');
  };
  const onMessage = (data: unknown, isBinary: boolean) => {
    switch (early.message(data as Buffer, isBinary)) {
      case 'ignored':
        return;
      case 'refused':
        reject('STREAM_OUT_OF_ORDER', 'another message before `start`');
        return;
      case 'start':
        try {
          const message = readStreamMessage(String(data));
          if (message.event !== 'start')
            throw new EngineError('STREAM_MALFORMED', 'the event is not `start`');
          const streamSid = message.streamSid ?? message.start.streamSid;
          if (streamSid === undefined) throw new EngineError('STREAM_MALFORMED', 'no streamSid');
          settle();
          void admit(socket, { ...message, streamSid }, rules);
        } catch (thrown) {
          // Twilio knows how to begin. Whoever does not is not it, and is not asked twice.
          reject('STREAM_OUT_OF_ORDER', noteOf(thrown, 'STREAM_MALFORMED').message);
        }
    }
  };
  const timer = clock.setTimeout(() => {
    reject('STREAM_NOT_STARTED', `no \`start\` within ${String(START_WITHIN_MS)} ms`);
  }, START_WITHIN_MS);

  socket.on('error', (error) => {
    log.warn({ code: 'STREAM_LOST', reason: error.message }, 'stream socket failed');
  });
  socket.on('close', settle);
  socket.on('message', onMessage);
  socket.on('ping', onControl);
  socket.on('pong', onControl);
}

async function admit(
  socket: TextSocket,
  message: Start & { streamSid: string },
  rules: AdmissionRules,
): Promise<void> {
  const { journal, log } = rules;
  const { callSid } = message.start;
  const { streamSid } = message;
  try {
    const ticket = ticketOf(message, rules);
    const stream = new TwilioStream(socket, { callSid, streamSid, epoch: ticket.epoch, peer: ticket.peer });
    const isElsewhere = rules.handOver !== undefined && !rules.isLive(callSid);
    // Its token is not burnt here: the process that has the call does that.
    if (isElsewhere && (await rules.handOver(callSid, socket))) return;
    socket.stays();
    const { nonce, epoch } = ticket;
    const isFresh = await journal.transact('consumeToken', {
      nonce,
      callSid,
      epoch,
      at: rules.dateOf(callSid),
      isLive: rules.isLive(callSid),
    });
    if (!isFresh) throw new EngineError('TOKEN_REJECTED', 'used, or for an older stream');
    if (!stream.isOpen) throw new EngineError('STREAM_LOST', 'the socket closed while the token was checked');
    if (!rules.attach(callSid, stream))
      throw new EngineError('TOKEN_REJECTED', 'this engine does not have the call');
  } catch (thrown) {
    const { code, message: detail } = noteOf(thrown, 'INTERNAL');
    if (code === 'TOKEN_REJECTED') rules.refused('wrong_token', detail, callSid);
    else log.error({ code, message: detail, callSid, streamSid }, 'stream not admitted');
    turnAway(socket, code);
  }
}

/** The ticket in a `start`, when it is for that call and for who brings it. */
function ticketOf({ start }: Start, { tokens, peer }: AdmissionRules): StreamTicket {
  const token = start.customParameters[TOKEN_PARAMETER];
  if (token === undefined) throw new EngineError('TOKEN_REJECTED', 'missing');
  const ticket = tokens.read(token);
  if (ticket.callSid !== start.callSid) throw new EngineError('TOKEN_REJECTED', 'for another call');
  if (ticket.peer !== peer) throw new EngineError('TOKEN_REJECTED', `not for a ${peer}`);
  return ticket;
}

/** Every doubt has one code: a peer that guesses learns nothing from it. */
function turnAway(socket: TextSocket, code: ErrorCode): void {
  const row = ERRORS[code];
  socket.close('close' in row ? row.close : ERRORS.TOKEN_REJECTED.close, code);
  stopReadingFlood(socket);
}

/**
 * A peer that goes on after it was sent away is not read any more, until the time for its
 * answer is up: a flood would be unmasked for nothing.
 */
function stopReadingFlood(socket: TextSocket): void {
  const late = new EarlyMessages();
  const onMore = (data: unknown) => {
    if (!late.control((data as Buffer).length)) socket.pause();
  };
  for (const kind of ['message', 'ping', 'pong'] as const) socket.on(kind, onMore);
}
