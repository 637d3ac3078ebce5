import { describe, expect, test } from 'vitest';
import { readTwiml } from '../../../../src/simulator/carrier/twiml.ts';

describe('the TwiML reader', () => {
  test('the TwiML reader reads verbs, nouns, attributes, text and entities', () => {
    const xml = `<?xml version="1.0" encoding="UTF-8"?>
      <!-- a call -->
      <Response>
        <Say>Fish &amp; chips &#8212; &#x41;</Say>
        <Connect action='https://a.example/after?x=1&amp;y=2#rc=4&amp;rp=ct'>
          <Stream url="wss://a.example/media"><Parameter name="token" value="a&quot;b"/></Stream>
        </Connect>
        <Hangup/>
      </Response>`;
    expect(readTwiml(xml)).toEqual({
      verbs: [
        { name: 'Say', attributes: {}, children: [], text: 'Fish & chips — A' },
        {
          name: 'Connect',
          attributes: { action: 'https://a.example/after?x=1&y=2#rc=4&rp=ct' },
          text: '',
          children: [
            {
              name: 'Stream',
              attributes: { url: 'wss://a.example/media' },
              text: '',
              children: [
                { name: 'Parameter', attributes: { name: 'token', value: 'a"b' }, children: [], text: '' },
              ],
            },
          ],
        },
        { name: 'Hangup', attributes: {}, children: [], text: '' },
      ],
    });
  });

  test.each([
    ['', 'the root is not one <Response>'],
    ['<Connect/>', 'the root is not one <Response>'],
    ['<Response/><Response/>', 'the root is not one <Response>'],
    ['<Response><Say>hello</Response>', '</Response> closes nothing'],
    ['<Response>', '<Response> is not closed'],
    ['<Response><Say a=1/></Response>', 'not XML at character 10'],
    ['{"error":"no"}', 'the root is not one <Response>'],
  ])('the TwiML reader says what is wrong with %s', (xml, problem) => {
    expect(readTwiml(xml)).toEqual({ problem });
  });
});
