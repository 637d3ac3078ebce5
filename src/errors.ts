/**
 * Every way the engine can fail, in one table.
 *
 * A row says who can put it right (`fault`), whether trying again can help
 * (`retryable`), and how the failure looks from outside: the HTTP status of a
 * problem answer, or the close code of a WebSocket. Code branches on those and
 * on nothing else; texts are for people. `docs/reference/errors.md` is written
 * from this table and a test keeps the two equal.
 */
export const ERRORS = {
  CONFIG_INVALID: { fault: 'operator', retryable: false, text: 'the configuration is invalid' },
  PROFILE_INVALID: { fault: 'operator', retryable: false, text: 'an agent profile is invalid' },
  TOOL_FILE_INVALID: { fault: 'operator', retryable: false, text: 'a tool of the business cannot be used' },

  SIGNATURE_INVALID: {
    fault: 'peer',
    retryable: false,
    status: 403,
    text: 'X-Twilio-Signature is missing or wrong',
  },
  WEBHOOK_INVALID: {
    fault: 'peer',
    retryable: false,
    status: 400,
    text: 'a webhook field is missing or invalid',
  },
  UNAUTHORIZED: {
    fault: 'peer',
    retryable: false,
    status: 401,
    text: 'the bearer token is missing or wrong',
  },
  NUMBER_REFUSED: {
    fault: 'peer',
    retryable: false,
    status: 422,
    text: 'the phone number is not allowed',
  },
  FORBIDDEN: { fault: 'peer', retryable: false, status: 403, text: 'the request is not allowed' },
  NOT_FOUND: { fault: 'peer', retryable: false, status: 404, text: 'not found' },
  METHOD_NOT_ALLOWED: {
    fault: 'peer',
    retryable: false,
    status: 405,
    text: 'the route does not allow this method',
  },
  CONFLICT: {
    fault: 'peer',
    retryable: false,
    status: 409,
    text: 'the request does not fit the current state',
  },
  BODY_TOO_LARGE: { fault: 'peer', retryable: false, status: 413, text: 'the body is too large' },
  MEDIA_TYPE_UNSUPPORTED: {
    fault: 'peer',
    retryable: false,
    status: 415,
    text: 'the route does not accept this content type',
  },
  UPGRADE_REQUIRED: {
    fault: 'operator',
    retryable: false,
    status: 426,
    text: 'the request is not a WebSocket upgrade',
  },
  REQUEST_INVALID: { fault: 'peer', retryable: false, status: 400, text: 'the request is invalid' },
  RATE_LIMITED: { fault: 'peer', retryable: true, status: 429, text: 'too many requests' },
  INTERNAL: { fault: 'engine', retryable: false, status: 500, text: 'the engine failed' },
  UNAVAILABLE: {
    fault: 'engine',
    retryable: true,
    status: 503,
    text: 'the engine is not available',
  },

  STREAM_MALFORMED: {
    fault: 'peer',
    retryable: false,
    close: 1007,
    text: 'Twilio sent a message that is not Media Streams JSON',
  },
  STREAM_OUT_OF_ORDER: {
    fault: 'peer',
    retryable: false,
    close: 1008,
    text: 'the stream sent a message before `start`, or for another stream',
  },
  STREAM_TOO_FAST: {
    fault: 'peer',
    retryable: false,
    close: 1008,
    text: 'the stream sent audio faster than real time',
  },
  STREAM_NOT_STARTED: {
    fault: 'peer',
    retryable: false,
    close: 1008,
    text: 'the stream did not start in time',
  },
  TOKEN_REJECTED: {
    fault: 'peer',
    retryable: false,
    close: 1008,
    text: 'the stream token is missing, wrong, used, expired or for another call',
  },
  STREAM_LOST: {
    fault: 'network',
    retryable: true,
    text: 'the media stream was lost before `stop`',
  },

  MODEL_UNREACHABLE: { fault: 'network', retryable: true, text: 'the model could not be reached' },
  MODEL_NOT_READY: {
    fault: 'network',
    retryable: true,
    text: 'the model did not open or configure its session in time',
  },
  MODEL_REFUSED: { fault: 'operator', retryable: false, text: 'the model refused the session' },
  MODEL_MALFORMED: { fault: 'peer', retryable: false, text: 'the model sent a message that cannot be read' },
  MODEL_FORMAT: {
    fault: 'operator',
    retryable: false,
    text: 'the model configured another audio format than requested',
  },
  MODEL_LOST: { fault: 'network', retryable: true, text: 'the model connection was lost during the call' },
  RESPONSE_FAILED: { fault: 'peer', retryable: true, text: 'the model could not generate a response' },

  TOOL_UNKNOWN: {
    fault: 'model',
    retryable: false,
    text: 'the model called a tool that this agent does not have',
  },
  TOOL_ARGUMENTS: {
    fault: 'model',
    retryable: false,
    text: 'the model called a tool with arguments that it does not take',
  },
  TOOL_REFUSED: { fault: 'model', retryable: false, text: 'the rules of the business refuse that' },
  TOOL_TIMEOUT: { fault: 'tool', retryable: true, text: 'a tool did not answer in time' },
  TOOL_FAILED: { fault: 'tool', retryable: false, text: 'a tool failed' },
  TOOL_UNREACHABLE: { fault: 'network', retryable: true, text: 'a tool cannot be reached right now' },
  TOOL_ADDRESS: { fault: 'operator', retryable: false, text: 'a tool may not be reached at its address' },
  TOOL_STATUS: { fault: 'tool', retryable: false, text: 'a tool answered with an error' },
  TOOL_ANSWER: { fault: 'tool', retryable: false, text: 'a tool answered what cannot be read' },
  TWILIO_REST: { fault: 'peer', retryable: true, text: 'the Twilio REST API refused or failed' },

  STORAGE_UNAVAILABLE: {
    fault: 'operator',
    retryable: true,
    status: 503,
    text: 'the journal cannot be written',
  },
  DATABASE_IN_USE: {
    fault: 'operator',
    retryable: true,
    text: 'the database is in use',
  },
  BACKUP_UNUSABLE: { fault: 'operator', retryable: false, text: 'the backup cannot be used' },
  SPEECH_UNAVAILABLE: {
    fault: 'operator',
    retryable: false,
    status: 501,
    text: "the simulator's speech is not available",
  },
  CALL_FAILED: { fault: 'engine', retryable: false, text: 'an exception ended the call' },
  SIBLING_LOST: {
    fault: 'engine',
    retryable: true,
    status: 503,
    text: 'another worker of the engine is gone, or does not answer',
  },
  LAST_EXCEPTION: {
    fault: 'engine',
    retryable: true,
    close: 1011,
    text: 'an uncaught exception ended the engine',
  },
} as const satisfies Record<string, ErrorRow>;

interface ErrorRow {
  readonly fault: Fault;
  readonly retryable: boolean;
  /** HTTP status, where the failure can be an answer. */
  readonly status?: number;
  /** WebSocket close code, where the failure closes a socket (RFC 6455, 7.4). */
  readonly close?: number;
  readonly text: string;
}

/** Whose hands the remedy is in. */
export type Fault = 'operator' | 'peer' | 'network' | 'model' | 'tool' | 'engine';

export type ErrorCode = keyof typeof ERRORS;

/** An error as plain data: what crosses an actor boundary, a log line or a database row. */
export interface ErrorNote {
  readonly code: ErrorCode;
  readonly message: string;
  /** What the far end or the network called it, such as `invalid_api_key`, `http_401` or `ENOTFOUND`. */
  readonly cause?: string;
}

/** An error as a throwable: used inside one actor or one request, never sent between two. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, detail?: string, options?: ErrorOptions) {
    super(detail === undefined ? ERRORS[code].text : `${ERRORS[code].text}: ${detail}`, options);
    this.code = code;
  }
}

/** Turns whatever was thrown into a note, keeping the code when there is one. */
export function noteOf(thrown: unknown, otherwise: ErrorCode): ErrorNote {
  if (thrown instanceof EngineError) return { code: thrown.code, message: thrown.message };
  return { code: otherwise, message: thrown instanceof Error ? thrown.message : String(thrown) };
}

/** A note as a throwable again: the constructor puts the code's own text before the detail. */
export function errorOf({ code, message }: ErrorNote): EngineError {
  const { text } = ERRORS[code];
  if (message === text) return new EngineError(code);
  return new EngineError(code, message.startsWith(`${text}: `) ? message.slice(text.length + 2) : message);
}
