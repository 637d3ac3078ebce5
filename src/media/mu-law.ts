/** Mu-law at 8000 Hz mono: one byte a sample. */
export const MU_LAW_BYTES_PER_MS = 8;

/** 20 ms. Carriers ask for whole frames: parts of one are heard as clicks. */
export const FRAME_BYTES = 160;

/** Mu-law of positive zero: what a quiet line carries. */
export const SILENCE = 0xff;
