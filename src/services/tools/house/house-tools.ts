import { bookAppointment } from '../diary/book-appointment.ts';
import { cancelAppointment } from '../diary/cancel-appointment.ts';
import { checkAvailability } from '../diary/check-availability.ts';
import { createLead } from './create-lead.ts';
import type { Tool } from '../define-tool.ts';
import { endCall } from './end-call.ts';
import { escalateToHuman } from './escalate-to-human.ts';
import { type RecordingParts, recordingTools } from './recording-tools.ts';
import { rescheduleAppointment } from '../diary/reschedule-appointment.ts';
import { sendSms, type SendSmsParts } from './send-sms.ts';

/** The tools that come with the engine. A profile says which of them its agent has. */
export function createHouseTools(parts: SendSmsParts & RecordingParts): Tool[] {
  const { journal } = parts;
  return [
    createLead(journal),
    checkAvailability(journal),
    bookAppointment(journal),
    cancelAppointment(journal),
    rescheduleAppointment(journal),
    sendSms(parts),
    escalateToHuman(),
    ...recordingTools(parts),
    endCall(),
  ];
}
