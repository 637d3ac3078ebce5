import { z } from 'zod';

/** How loud each side of a recording is: `GET /api/calls/:callSid/recording/peaks`. */
export const RecordingPeaks = z.strictObject({
  /** What one figure stands for, in ms. */
  bucketMs: z.number(),
  durationMs: z.number(),
  /** Base64 of bytes, one for each bucket: 0 for silence, 255 for the loudest there is. */
  caller: z.base64(),
  agent: z.base64(),
});
export type RecordingPeaks = z.infer<typeof RecordingPeaks>;
