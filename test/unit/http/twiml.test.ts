import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { NextStep } from '../../../src/services/desk/desk.ts';
import { sayLanguageOf } from '../../../src/services/twilio/webhooks/say-language.ts';
import { NOTHING, streamUrlOf, twimlOf } from '../../../src/services/twilio/webhooks/twiml.ts';
import { outlineOf, parseXml, type XmlElement } from '../../support/xml.ts';
import { holds } from '../../support/properties.ts';

const PUBLIC = 'https://calls.example.com';

/** What is left of a text in XML: without control characters and halves of characters. */
const writable = (text: string) => text.replace(/[^\P{Cc}\t\n\r]|\p{Cs}|[\ufffe\uffff]/gu, '');

describe('TwiML', () => {
  test('TwiML opens a stream whose loss Twilio asks about, with retries', () => {
    expect(twimlOf({ kind: 'stream', token: 'v1.abc' }, PUBLIC)).toBe(
      '<?xml version="1.0" encoding="UTF-8"?><Response>' +
        '<Connect action="https://calls.example.com/twilio/after-stream#rc=4&amp;rp=ct,rt,5xx&amp;ct=1500&amp;rt=4000&amp;tt=14000" method="POST">' +
        '<Stream url="wss://calls.example.com/twilio/media" statusCallback="https://calls.example.com/twilio/status">' +
        '<Parameter name="token" value="v1.abc"/></Stream></Connect></Response>',
    );
  });

  test.each([
    [undefined, '/twilio/after-stream#rc=4'],
    [1, '/twilio/after-stream?epoch=1#rc=4'],
    [12, '/twilio/after-stream?epoch=12#rc=4'],
  ])('TwiML for the stream of epoch %s has Twilio ask at a URL that names it', (epoch, url) => {
    const step = { kind: 'stream', token: 't', ...(epoch !== undefined && { epoch }) } as const;
    const connect = parseXml(twimlOf(step, PUBLIC)).children[0] as XmlElement;
    expect(connect.attributes['action']).toContain(`${PUBLIC}${url}`);
  });

  test('TwiML dials with a time limit, and asks for the result', () => {
    const { children } = parseXml(
      twimlOf({ kind: 'dial', to: '+12025550111', callerId: '+12025550100' }, PUBLIC),
    );
    expect(children).toEqual([
      {
        name: 'Dial',
        attributes: {
          action: 'https://calls.example.com/twilio/dial-result#rc=4&rp=ct,rt,5xx&ct=1500&rt=4000&tt=14000',
          method: 'POST',
          answerOnBridge: 'true',
          timeout: '25',
          timeLimit: '3600',
          callerId: '+12025550100',
        },
        children: [{ name: 'Number', attributes: {}, children: ['+12025550111'] }],
      },
    ]);
  });

  test('TwiML says that all lines are busy, and hangs up', () => {
    expect(
      twimlOf({ kind: 'busy', message: 'Busy & sorry.', language: 'de', cause: 'full' }, PUBLIC),
    ).toContain('<Response><Say language="de-DE">Busy &amp; sorry.</Say><Hangup/></Response>');
    expect(twimlOf({ kind: 'apology', message: 'Wir <haben> Ärger.', language: 'de' }, PUBLIC)).toContain(
      '<Response><Say language="de-DE">Wir &lt;haben&gt; Ärger.</Say><Hangup/></Response>',
    );
    expect(twimlOf({ kind: 'hangup' }, PUBLIC)).toContain('<Response><Hangup/></Response>');
    expect(parseXml(NOTHING)).toEqual({ name: 'Response', attributes: {}, children: [] });
  });

  test('TwiML says sentences in a language that Twilio has a voice for, whatever the profile speaks', () => {
    const said = ['de', 'de-CH', 'pt', 'pt-PT', 'en-gb', 'no', 'zh-Hant-TW', 'cmn', 'tlh', 'eu'].map(
      sayLanguageOf,
    );
    expect(said).toEqual([
      'de-DE',
      'de-DE',
      'pt-BR',
      'pt-PT',
      'en-GB',
      'nb-NO',
      'zh-TW',
      'zh-CN',
      'en-US',
      'en-US',
    ]);
    const types = readFileSync('node_modules/twilio/lib/twiml/VoiceResponse.d.ts', 'utf8');
    const known = new Set(/type SayLanguage = (.*);/.exec(types)?.[1]?.match(/[\w-]+/g));
    const every = [...known].map((code) => sayLanguageOf(code));
    expect(every.filter((code) => !known.has(code))).toEqual([]);
    expect(new Set(every).size).toBeGreaterThan(60);
  });

  test('TwiML names the stream by ws where the public URL is http', () => {
    expect(streamUrlOf('http://localhost:3000')).toBe('ws://localhost:3000/twilio/media');
  });

  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({
      unit: fc.constantFrom('<', '>', '&', '"', "'", '/', ' ', ';', '#', 'x', '\n', '\0', '\ud800'),
    }),
    fc.constantFrom('"><Dial>+19005551234</Dial>', ']]></Say><Redirect>', '&lt;', '<!--', '<?xml?>'),
  );

  test('TwiML has exactly the expected elements and values, whatever the data', () => {
    const steps: [string, fc.Arbitrary<NextStep>][] = [
      ['Response > Connect > Stream > Parameter', fc.record({ kind: fc.constant('stream'), token: hostile })],
      ['Response > Dial > Number', fc.record({ kind: fc.constant('dial'), to: hostile, callerId: hostile })],
      [
        'Response > Say + Hangup',
        fc.record({ kind: fc.constant('apology'), message: hostile, language: hostile }),
      ],
      [
        'Response > Say + Hangup',
        fc.record({
          kind: fc.constant('busy'),
          message: hostile,
          language: hostile,
          cause: fc.constant('full'),
        }),
      ],
    ];
    for (const [outline, step] of steps) {
      holds(
        fc.property(step, (next) => {
          const document = twimlOf(next, PUBLIC);
          const root = parseXml(document);
          expect(outlineOf(root)).toBe(outline);
          const written = JSON.stringify(root);
          for (const [key, value] of Object.entries(next)) {
            if (['kind', 'cause', 'language', 'epoch'].includes(key)) continue;
            const text = writable(String(value));
            if (text !== '') expect(written).toContain(JSON.stringify(text));
          }
        }),
        { runs: 500 },
      );
    }
  });
});
