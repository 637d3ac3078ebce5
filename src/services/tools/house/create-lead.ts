import { z } from 'zod';
import type { Journal } from '../../storage/journal.port.ts';
import { lineArg, nameArg, notedNumberArg } from '../argument-text.ts';
import { contactNumber } from '../caller-number.ts';
import { defineTool } from '../define-tool.ts';
import { done } from '../tool-answer.ts';

/**
 * Writes down a person who wants to hear from the business.
 *
 * A number given here is data of the lead and nothing else: nothing is ever
 * sent to it. Without one the caller's own number is noted.
 */
export const createLead = (journal: Journal) =>
  defineTool({
    name: 'create_lead',
    description:
      "Note a caller's name and interest so that the business can call back. Ask for the name first; never guess it.",
    policy: { kind: 'effect', once: 'arguments', outlivesCall: true, needsReadBack: false, isWayOut: false },
    args: () =>
      z.strictObject({
        name: nameArg(),
        phone: notedNumberArg(),
        email: lineArg(254, 'E-mail address, such as ann@example.com.', /^([^\s@]+@[^\s@]+)?$/),
        interest: lineArg(500, 'What the person is interested in.'),
        notes: lineArg(2000, 'Anything else that the business should know.'),
      }),
    run: async ({ name, phone, email, interest, notes }, { call, key }) => {
      const lead = await journal.transact('createLead', {
        key,
        callSid: call.callSid,
        name,
        phone: contactNumber(phone, call),
        email: email ?? null,
        interest: interest ?? null,
        notes: notes ?? null,
        at: call.now(),
      });
      return done({ leadId: lead.id, name: lead.name, hasNumber: lead.phone !== null });
    },
  });
