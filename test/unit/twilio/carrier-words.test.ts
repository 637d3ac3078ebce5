import { describe, expect, test } from 'vitest';
import { readStatusForm } from '../../../src/protocol/twilio-webhook.ts';
import { callAtCarrier, foundOf, textAtCarrier } from '../../../src/services/twilio/rest/send-results.ts';
import { newsOf } from '../../../src/services/twilio/webhooks/status-news.ts';

const CallSid = `CA${'1'.repeat(32)}`;

describe("Twilio's words", () => {
  test.each([
    ['ringing', undefined],
    ['in-progress', undefined],
    ['completed', 'completed'],
    ['busy', 'busy'],
    ['no-answer', 'no_answer'],
    ['canceled', 'no_answer'],
    ['failed', 'failed'],
  ])("Twilio's words for a call are told as its end: %s", async (status, over) => {
    expect(newsOf(readStatusForm({ CallSid, CallStatus: status }))).toEqual({
      ...{ of: 'call', callSid: CallSid, status, over },
    });
    const sent = { sid: CallSid, status };
    expect(await foundOf(Promise.resolve([sent]), callAtCarrier)).toEqual({
      outcome: 'looked',
      candidates: [{ providerSid: CallSid, status, ...(over !== undefined && { over }) }],
    });
    expect(textAtCarrier(sent)).toEqual({ providerSid: CallSid, status });
  });

  test.each([
    ['stream-started', 'started'],
    ['stream-stopped', 'stopped'],
    ['stream-error', 'failed'],
    ['stream-renamed', 'unknown'],
  ])("Twilio's words for a stream are told as its event: %s", (StreamEvent, event) => {
    const form = { CallSid, StreamSid: 'MZ1', StreamEvent };
    expect(newsOf(readStatusForm(form))).toEqual({ of: 'stream', callSid: CallSid, event });
  });
});
