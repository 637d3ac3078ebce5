import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { isSigned } from './signature.mjs';

const { TOOL_SHOP_SECRET: secret, SHOP_PORT: port = '4010' } = process.env;
if (!secret) throw new Error('TOOL_SHOP_SECRET must be set, to what the engine has');

const orders = new Map([
  ['A-17', 'packed'],
  ['B-20', 'sent'],
]);
/** Answers of effects by the key of the request: what is asked twice is done once. */
const answered = new Map();

const ok = (order) => ({ status: 200, body: { order, state: orders.get(order) } });
const refusal = (reason) => ({ status: 409, body: { reason } });

function cancel(order) {
  const state = orders.get(order);
  if (state !== 'packed') return refusal(`It was ${state} already.`);
  orders.set(order, 'cancelled');
  return ok(order);
}

function answerTo(path, headers, body) {
  if (!isSigned(headers, body, secret)) return { status: 401, body: {} };
  const { arguments: args, key } = JSON.parse(body);
  if (!orders.has(args.order)) return refusal('There is no such order.');
  if (path === '/status') return ok(args.order);
  if (path !== '/cancel') return { status: 404, body: {} };
  if (!answered.has(key)) answered.set(key, cancel(args.order));
  return answered.get(key);
}

const server = createServer(async (request, response) => {
  const { status, body } = answerTo(request.url, request.headers, await text(request));
  console.log(request.url, status);
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
});
server.listen(Number(port), '127.0.0.1', () => {
  console.log(`the shop listens at http://127.0.0.1:${server.address().port}`);
});
