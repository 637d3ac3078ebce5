/** How loud each side of a recording is: `GET /api/calls/:callSid/recording/peaks`. */
export interface RecordingPeaks {
  /** What one figure stands for, in ms. */
  readonly bucketMs: number;
  readonly durationMs: number;
  /** Base64 of bytes, one for each bucket: 0 for silence, 255 for the loudest there is. */
  readonly caller: string;
  readonly agent: string;
}
