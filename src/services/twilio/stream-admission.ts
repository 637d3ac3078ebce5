import type { Clock } from '../../clock.ts';
import { EngineError, type ErrorCode, ERRORS, noteOf } from '../../errors.ts';
import { readStreamMessage, type StreamMessage } from '../../protocol/twilio-stream.ts';
import type { Log } from '../log.ts';
import type { Journal } from '../storage/journal.port.ts';
import type { TextSocket } from '../text-socket.ts';
import { CarrierStream } from './carrier-stream.ts';
import type { StreamTicket, StreamTokens } from './stream-token.ts';

/** Twilio says `start` right after the handshake; a socket that does not is held for nothing. */
const START_WITHIN_MS = 5000;
/** Messages before `start` that are not it. Twilio sends one: `connected`. */
const MAX_EARLY = 100;

/** The `<Parameter>` that carries the token. */
export const TOKEN_PARAMETER = 'token';

export interface AdmissionRules {
  readonly tokens: StreamTokens;
  readonly journal: Pick<Journal, 'transact'>;
  attach(callSid: string, stream: CarrierStream): boolean;
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
  let early = 0;
  let isWaiting = true;

  const settle = () => {
    if (!isWaiting) return;
    isWaiting = false;
    clock.clearTimeout(timer);
    socket.off('message', onMessage);
    rules.arrived();
  };
  const reject = (code: ErrorCode, detail?: string) => {
    settle();
    log.warn({ code, detail, early }, 'a stream was refused');
    closeFor(socket, code);
  };
  const onMessage = (data: unknown, isBinary: boolean) => {
    try {
      const message = isBinary ? undefined : readStreamMessage(String(data));
      if (message?.event === 'start') {
        settle();
        void admit(socket, message, rules);
      } else if (message?.event !== 'connected' && ++early > MAX_EARLY) {
        reject('STREAM_OUT_OF_ORDER');
      }
    } catch (thrown) {
      // Twilio knows how to begin. Whoever does not is not it, and is not asked twice.
      reject('STREAM_OUT_OF_ORDER', noteOf(thrown, 'STREAM_MALFORMED').message);
    }
  };
  const timer = clock.setTimeout(() => {
    reject('STREAM_NOT_STARTED');
  }, START_WITHIN_MS);

  socket.on('error', (error) => {
    log.warn({ code: 'STREAM_LOST', reason: error.message }, 'the socket of a stream failed');
  });
  socket.on('close', settle);
  socket.on('message', onMessage);
}

async function admit(socket: TextSocket, message: Start, rules: AdmissionRules): Promise<void> {
  const { journal, clock, log } = rules;
  const { callSid } = message.start;
  const { streamSid } = message;
  try {
    const ticket = ticketOf(message, rules.tokens);
    const stream = new CarrierStream(socket, { callSid, streamSid, epoch: ticket.epoch });
    const { nonce, epoch } = ticket;
    const isFresh = await journal.transact('consumeToken', { nonce, callSid, epoch, at: clock.now() });
    if (!isFresh) throw new EngineError('TOKEN_REJECTED', 'used, or of an older stream');
    if (!stream.isOpen) throw new EngineError('STREAM_LOST', 'while its token was checked');
    if (!rules.attach(callSid, stream)) throw new EngineError('TOKEN_REJECTED', 'its call is not here');
  } catch (thrown) {
    const note = noteOf(thrown, 'INTERNAL');
    log.warn({ ...note, callSid, streamSid }, 'a stream was refused');
    closeFor(socket, note.code);
  }
}

/** The ticket in a `start`, when it is for that call. */
function ticketOf({ start }: Start, tokens: StreamTokens): StreamTicket {
  const token = start.customParameters[TOKEN_PARAMETER];
  if (token === undefined) throw new EngineError('TOKEN_REJECTED', 'missing');
  const ticket = tokens.read(token);
  if (ticket.callSid !== start.callSid) throw new EngineError('TOKEN_REJECTED', 'of another call');
  return ticket;
}

/** Every doubt has one code: a peer that guesses learns nothing from it. */
function closeFor(socket: TextSocket, code: ErrorCode): void {
  const row = ERRORS[code];
  socket.close('close' in row ? row.close : ERRORS.TOKEN_REJECTED.close, code);
}
