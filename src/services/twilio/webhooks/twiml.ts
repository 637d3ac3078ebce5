/**
 * The TwiML that the engine speaks: one document for each next step of a call.
 *
 * Source: Twilio docs, "TwiML for Programmable Voice". Everything that is not
 * a literal of this file is escaped: names, messages and tokens are data.
 */

import type { NextStep } from '../../desk/desk.ts';
import type { Answer } from '../../http/answer.ts';
import { ACTION_OVERRIDES } from './connection-overrides.ts';
import { sayLanguageOf } from './say-language.ts';

/** Seconds a person's phone rings before the caller is brought back: five rings. */
const DIAL_TIMEOUT_S = '25';

/** Seconds a transferred call may last: a bound on what a stolen transfer can cost. */
const DIAL_LIMIT_S = '3600';

/** The document for a next step. `publicUrl` has no slash at its end. */
export function twimlOf(step: NextStep, publicUrl: string): string {
  switch (step.kind) {
    case 'stream':
      return response(
        element(
          'Connect',
          {
            action: afterStreamUrl(publicUrl, step.epoch),
            method: 'POST',
          },
          element(
            'Stream',
            { url: streamUrlOf(publicUrl), statusCallback: `${publicUrl}/twilio/status` },
            element('Parameter', { name: 'token', value: step.token }),
          ),
        ),
      );
    case 'dial':
      return response(
        element(
          'Dial',
          {
            action: `${publicUrl}/twilio/dial-result${ACTION_OVERRIDES}`,
            method: 'POST',
            answerOnBridge: 'true',
            timeout: DIAL_TIMEOUT_S,
            timeLimit: DIAL_LIMIT_S,
            ...(step.callerId === undefined ? {} : { callerId: step.callerId }),
          },
          element('Number', {}, escaped(step.to)),
        ),
      );
    case 'busy':
    case 'apology':
      return response(
        element('Say', { language: sayLanguageOf(step.language) }, escaped(step.message)),
        element('Hangup', {}),
      );
    case 'hangup':
      return response(element('Hangup', {}));
  }
}

/** A TwiML answer. Twilio takes any XML type; this is the one its docs name. */
export function twiml(text: string): Answer {
  return { status: 200, type: 'text/xml', text };
}

/** Says nothing: the answer to a callback whose body Twilio does not read. */
export const NOTHING = response();

/** Where Twilio opens the stream, exactly as in the TwiML, because this text is what it signs. */
export function streamUrlOf(publicUrl: string): string {
  return `${publicUrl.replace(/^http/, 'ws')}/twilio/media`;
}

/** The question after a stream says which stream it was: one that comes late is told from that of the present one. */
/** Where Twilio asks what comes after a stream. `publicUrl` has no slash at its end. */
export const afterStreamUrl = (publicUrl: string, epoch?: number): string =>
  `${publicUrl}/twilio/after-stream${epochQuery(epoch)}${ACTION_OVERRIDES}`;

const epochQuery = (epoch: number | undefined) => (epoch === undefined ? '' : `?epoch=${String(epoch)}`);

function response(...children: string[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>${element('Response', {}, ...children)}`;
}

function element(
  name: string,
  attributes: Readonly<Record<string, string>>,
  ...children: readonly string[]
): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(value)}"`);
  const opening = `<${name}${written.join('')}`;
  return children.length === 0 ? `${opening}/>` : `${opening}>${children.join('')}</${name}>`;
}

/** What XML 1.0 has no way to write, not even as a reference (section 2.2), and the C1 controls: left out. */
const UNWRITABLE = /[^\P{Cc}\t\n\r]|\p{Cs}|[\ufffe\uffff]/gu;

const REFERENCES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  // In an attribute a bare one would be read as a space.
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

function escaped(text: string): string {
  return text.replace(UNWRITABLE, '').replace(/[&<>"'\t\n\r]/g, (character) => REFERENCES[character] ?? '');
}
