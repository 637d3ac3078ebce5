import { type ErrorCode, type ErrorNote, ERRORS } from '../../errors.ts';

/** What a call fails of when a leg is not up in time: nobody has sent an error that could be passed on. */
const lateness = (code: ErrorCode): ErrorNote => ({ code, message: ERRORS[code].text });

/** The carrier has not opened its stream. */
export const lateStream = lateness('STREAM_NOT_STARTED');

/** The model has not opened its session, or not confirmed how it is configured. */
export const lateModel = lateness('MODEL_NOT_READY');
