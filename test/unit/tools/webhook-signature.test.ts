import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { signatureHeaders } from '../../../src/services/tools/outward/webhook-signature.ts';

test('a webhook is signed as the example of Standard Webhooks is', () => {
  // https://github.com/standard-webhooks/standard-webhooks, the test vector of its libraries.
  const headers = signatureHeaders(
    {
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      content: '{"test": 2432232314}',
      secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    },
    1_614_265_330_999,
  );
  expect(headers).toEqual({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

test('a webhook is signed with any other secret as it is', () => {
  const { 'webhook-signature': signature } = signatureHeaders(
    { id: 'a', content: 'b', secret: 'sesame' },
    2000,
  );
  expect(signature).toBe(`v1,${createHmac('sha256', 'sesame').update('a.2.b').digest('base64')}`);
});
