import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { numberSettings } from '../../../src/cli/doctor.ts';
import {
  isSignedUpgrade,
  isSignedWebhook,
  streamUrl,
} from '../../../src/services/twilio/webhooks/signature.ts';
import { twimlOf } from '../../../src/services/twilio/webhooks/twiml.ts';

const authToken = '12345';
/** Twilio's algorithm, as its docs describe it. */
const sign = (url: string, fields: Record<string, string> = {}) =>
  createHmac('sha1', authToken)
    .update(
      Object.keys(fields)
        .sort()
        .reduce((text, key) => text + key + (fields[key] ?? ''), url),
    )
    .digest('base64');
const by = { publicUrl: 'https://voice.example.com', authToken };
const fields = { CallSid: 'CA1', From: '+12025550123' };

describe('the signature of a webhook', () => {
  test('the signature of a webhook is right for the public URL, the path, the query and the fields', () => {
    const signature = sign('https://voice.example.com/twilio/voice?a=1', fields);
    expect(isSignedWebhook(by, signature, '/twilio/voice?a=1', fields)).toBe(true);
    expect(
      isSignedWebhook(
        { ...by, publicUrl: 'https://voice.example.com/' },
        signature,
        '/twilio/voice?a=1',
        fields,
      ),
    ).toBe(true);
  });

  test('the signature of a webhook is the one that the docs of Twilio show', () => {
    const shown = {
      CallSid: 'CA1234567890ABCDE',
      Caller: '+14158675309',
      Digits: '1234',
      From: '+14158675309',
      To: '+18005551212',
    };
    const company = { publicUrl: 'https://mycompany.com', authToken };
    expect(isSignedWebhook(company, 'RSOYDt4T1cUTdK1PDd93/VVr8B8=', '/myapp.php?foo=1&bar=2', shown)).toBe(
      true,
    );
  });

  test('the signature of a webhook need not cover the fragment, which carries retry overrides', () => {
    const signature = sign('https://voice.example.com/twilio/after-stream', fields);
    expect(isSignedWebhook(by, signature, '/twilio/after-stream#rc=4', fields)).toBe(true);
  });

  test('the signature of a webhook may cover the fragment that the engine wrote, and no other', () => {
    const action = /action="([^"]*)"/.exec(twimlOf({ kind: 'stream', token: 't', epoch: 2 }, by.publicUrl));
    const url = action?.[1]?.replaceAll('&amp;', '&') ?? '';
    const [number = ''] = numberSettings({ publicUrl: by.publicUrl, port: 0 }).flatMap(
      (line) => /https:\S+voice\S+/.exec(line) ?? [],
    );
    expect([url, number].map((one) => new URL(one).hash.length > 9)).toEqual([true, true]);
    const target = '/twilio/after-stream?epoch=2';
    expect(isSignedWebhook(by, sign(url, fields), target, fields)).toBe(true);
    expect(isSignedWebhook(by, sign(number, fields), '/twilio/voice', fields)).toBe(true);
    expect(isSignedWebhook(by, sign(`${url}&rc=5`, fields), target, fields)).toBe(false);
    expect(isSignedWebhook(by, sign(url, fields), '/twilio/after-stream?epoch=3', fields)).toBe(false);
  });

  test.each([
    ['another path', '/twilio/status', fields],
    ['another query', '/twilio/voice?a=2', fields],
    ['a field changed', '/twilio/voice?a=1', { ...fields, CallSid: 'CA2' }],
    ['a field added', '/twilio/voice?a=1', { ...fields, To: '+1' }],
    ['a field missing', '/twilio/voice?a=1', { CallSid: 'CA1' }],
  ])('the signature of a webhook is wrong for %s', (_what, target, form) => {
    const signature = sign('https://voice.example.com/twilio/voice?a=1', fields);
    expect(isSignedWebhook(by, signature, target, form)).toBe(false);
  });

  test('the signature of a webhook is wrong when it is missing, of another scheme or of another host', () => {
    expect(isSignedWebhook(by, undefined, '/twilio/voice', fields)).toBe(false);
    expect(isSignedWebhook(by, '', '/twilio/voice', fields)).toBe(false);
    expect(
      isSignedWebhook(by, sign('http://voice.example.com/twilio/voice', fields), '/twilio/voice', fields),
    ).toBe(false);
    expect(
      isSignedWebhook(by, sign('https://evil.example.com/twilio/voice', fields), '/twilio/voice', fields),
    ).toBe(false);
  });

  test.each(['https://voice.example.com:443', 'https://Voice.Example.com', 'https://voice.example.com./'])(
    'the signature of a webhook is right for a number whose URL begins with %s, where PUBLIC_URL was typed so, too',
    (typedPublicUrl) => {
      const signature = sign(`${typedPublicUrl.replace(/\/$/, '')}/twilio/voice`, fields);
      expect(isSignedWebhook({ ...by, typedPublicUrl }, signature, '/twilio/voice', fields)).toBe(true);
      expect(isSignedWebhook({ ...by, typedPublicUrl }, signature, '/twilio/status', fields)).toBe(false);
      const plain = sign('https://voice.example.com/twilio/voice', fields);
      expect(isSignedWebhook({ ...by, typedPublicUrl }, plain, '/twilio/voice', fields)).toBe(true);
    },
  );

  test.each([
    ['https://voice.example.com', 'https://voice.example.com:443/twilio/voice'],
    ['http://engine.test', 'http://engine.test:80/twilio/voice'],
  ])('the signature of a webhook is right for %s with its default port', (publicUrl, url) => {
    expect(isSignedWebhook({ ...by, publicUrl }, sign(url, fields), '/twilio/voice', fields)).toBe(true);
  });

  test('the signature of a webhook takes an apostrophe in the query and a field that came twice', () => {
    expect(
      isSignedWebhook(
        by,
        sign(`${by.publicUrl}/twilio/voice?n=O'Brien`, fields),
        "/twilio/voice?n=O'Brien",
        fields,
      ),
    ).toBe(true);
    const twice = sign(`${by.publicUrl}/twilio/voice`, { A: '1A2' });
    expect(isSignedWebhook(by, twice, '/twilio/voice', { A: ['2', '1', '2'] })).toBe(true);
  });
});

describe('the signature of an upgrade', () => {
  test.each([
    ['https://voice.example.com', 'wss://voice.example.com/twilio/media'],
    ['https://voice.example.com/base/', 'wss://voice.example.com/base/twilio/media'],
    ['http://localhost:3000', 'ws://localhost:3000/twilio/media'],
  ])(
    'the signature of an upgrade is over the stream URL of %s, with and without a slash at its end',
    (publicUrl, url) => {
      expect(streamUrl(publicUrl, '/twilio/media')).toBe(url);
      expect(isSignedUpgrade({ publicUrl, authToken }, sign(url), '/twilio/media')).toBe(true);
      expect(isSignedUpgrade({ publicUrl, authToken }, sign(`${url}/`), '/twilio/media')).toBe(true);
    },
  );

  test.each([
    ['https://voice.example.com', 'wss://voice.example.com:443/twilio/media'],
    ['https://[2001:db8::1]/base', 'wss://[2001:db8::1]:443/base/twilio/media'],
    ['http://engine.test', 'ws://engine.test:80/twilio/media'],
  ])(
    'the signature of an upgrade is over the stream URL of %s with its default port, too',
    (publicUrl, url) => {
      for (const signed of [url, `${url}/`, url.replace(/:(443|80)\//, '/')]) {
        expect(isSignedUpgrade({ publicUrl, authToken }, sign(signed), '/twilio/media')).toBe(true);
      }
    },
  );

  test('the signature of an upgrade is wrong over the https form, and with another token', () => {
    expect(isSignedUpgrade(by, sign('https://voice.example.com/twilio/media'), '/twilio/media')).toBe(false);
    expect(
      isSignedUpgrade(
        { ...by, authToken: '0' },
        sign('wss://voice.example.com/twilio/media'),
        '/twilio/media',
      ),
    ).toBe(false);
    expect(isSignedUpgrade(by, sign('wss://voice.example.com:8443/twilio/media'), '/twilio/media')).toBe(
      false,
    );
    expect(isSignedUpgrade(by, '', '/twilio/media')).toBe(false);
  });
});
