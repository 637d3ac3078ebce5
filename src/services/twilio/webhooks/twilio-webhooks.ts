import {
  readAfterStreamForm,
  readDialResultForm,
  readEpoch,
  readRecordingForm,
  readStatusForm,
  readVoiceForm,
} from '../../../protocol/twilio-webhook.ts';
import type { NextStep } from '../../desk/desk.ts';
import type { CarrierRouteDeps } from '../../http/carrier-routes.port.ts';
import type { Handler } from '../../http/routes.ts';
import { endReasonOf, TRANSFER_RESULTS } from './call-status.ts';
import { newsOf } from './status-news.ts';
import { NOTHING, twiml, twimlOf } from './twiml.ts';

/** What a caller hears when a new call cannot be taken for a reason of ours. */
const TROUBLE: NextStep = {
  kind: 'busy',
  cause: 'storage',
  // Whose call it is, is not known.
  language: 'en',
  message: 'We are sorry, we cannot take your call right now. Please call again in a few minutes.',
};

/**
 * Twilio's requests: read the form, ask the desk, answer in TwiML.
 *
 * A 5xx means two things to Twilio. On a `<Connect>` or `<Dial>` action it asks
 * again (twiml.ts), so an exception there is let through. On a new call it
 * reads out an error of its own to the caller, so one there becomes a sentence.
 */
export function twilioWebhooks({ desk, publicUrl, report }: CarrierRouteDeps) {
  const next = (step: NextStep) => twiml(twimlOf(step, publicUrl));
  return {
    'POST /twilio/voice': async ({ form, query }) => {
      const voice = readVoiceForm(form);
      try {
        const step = await desk.answer({
          callSid: voice.CallSid,
          direction: voice.Direction?.startsWith('outbound') === true ? 'outbound' : 'inbound',
          from: voice.From,
          to: voice.To,
          peer: 'carrier',
          isTest: voice.CallchartTest === 'true',
          ...(query.has('agent') && { agentId: query.get('agent') ?? '' }),
        });
        return next(step);
      } catch (thrown) {
        report(thrown);
        return next(TROUBLE);
      }
    },

    'POST /twilio/after-stream': async ({ form, query }) => {
      const { CallSid: callSid, CallStatus } = readAfterStreamForm(form);
      const epoch = readEpoch(query);
      return next(await desk.afterStream({ callSid, over: endReasonOf(CallStatus), epoch }));
    },

    'POST /twilio/dial-result': async ({ form }) => {
      const { CallSid: callSid, CallStatus, DialCallStatus } = readDialResultForm(form);
      return next(
        await desk.dialResult({
          callSid,
          over: endReasonOf(CallStatus),
          result: TRANSFER_RESULTS[DialCallStatus],
        }),
      );
    },

    'POST /twilio/status': async ({ form, query }) => {
      await desk.status(newsOf(readStatusForm(form)), query.get('k') ?? undefined);
      return twiml(NOTHING);
    },

    'POST /twilio/recording': async ({ form }) => {
      const recording = readRecordingForm(form);
      await desk.recording({
        callSid: recording.CallSid,
        recordingSid: recording.RecordingSid,
        status: recording.RecordingStatus,
        durationS: recording.RecordingDuration,
      });
      return twiml(NOTHING);
    },
  } satisfies Record<string, Handler>;
}
