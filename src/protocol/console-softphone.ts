/** A call from the browser: it is opened here, then spoken over Media Streams like any carrier's. */

import { z } from 'zod';

/** `POST /api/softphone`: an agent, or a draft of one; neither is the default agent. */
export const SoftphoneBody = z
  .strictObject({
    agentId: z.string().min(1).max(64).optional(),
    draftId: z.string().min(1).max(64).optional(),
  })
  .refine(({ agentId, draftId }) => agentId === undefined || draftId === undefined, {
    path: ['draftId'],
    message: 'must not be given beside agentId',
  });

export const SoftphoneCall = z.strictObject({
  callSid: z.string(),
  /** Where the browser opens its media stream: absolute, ws:// or wss://. */
  streamUrl: z.string(),
  /** Goes into `start.customParameters.token`; good once, for a minute. */
  token: z.string(),
});
export type SoftphoneCall = z.infer<typeof SoftphoneCall>;

/** `POST /api/softphone/say`: answers `audio/basic` (mu-law, 8000 Hz, mono) in the built-in voice. */
export const SoftphoneSayBody = z.strictObject({
  text: z.string().trim().min(1, 'must hold something to say').max(500),
});
