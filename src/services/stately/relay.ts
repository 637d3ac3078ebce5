import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WebSocket } from 'ws';
import { systemClock } from '../../clock.ts';
import { mount, UpgradeRouter } from '../sockets/upgrade-router.ts';

/** Where Stately serves its inspector. There is no copy of it to install. */
const INSPECTOR = 'https://stately.ai';

/** Messages kept for a page that comes later: some calls' beginnings. */
const MAX_KEPT = 1000;
/** Bytes that a page has not taken: past this it misses messages. */
const MAX_BUFFERED = 1024 * 1024;

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Calls in Stately's inspector</title>
<link rel="stylesheet" href="/bridge.css">
<iframe id="inspector" title="Stately's inspector" src="${INSPECTOR}/inspect"></iframe>
<script src="/bridge.js"></script>
`;

const SCRIPT = `const frame = document.getElementById('inspector');
const waiting = [];
let isConnected = false;
const pass = (message) => frame.contentWindow.postMessage(message, '${INSPECTOR}');
addEventListener('message', ({ data, origin }) => {
  if (origin !== '${INSPECTOR}' || data?.type !== '@statelyai.connected') return;
  isConnected = true;
  waiting.splice(0).forEach(pass);
});
new WebSocket(location.href.replace(/^http/, 'ws')).addEventListener('message', ({ data }) => {
  if (isConnected) pass(JSON.parse(data));
  else waiting.push(JSON.parse(data));
});
`;

const STYLE = 'html,body{height:100%;margin:0}iframe{width:100%;height:100%;border:0}\n';

const FILES: Readonly<Record<string, { readonly type: string; readonly text: string }>> = {
  '/': { type: 'text/html; charset=utf-8', text: PAGE },
  '/bridge.js': { type: 'text/javascript; charset=utf-8', text: SCRIPT },
  '/bridge.css': { type: 'text/css; charset=utf-8', text: STYLE },
};

const POLICY = `default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src ${INSPECTOR}; frame-ancestors 'none'`;

/**
 * A page on this machine that holds Stately's inspector in a frame and passes
 * on what it is told. Listens on 127.0.0.1 and answers nobody else, whatever
 * HOST is: the package's own server listens to the whole network.
 */
export class StatelyRelay {
  readonly #server: Server;
  readonly #door: UpgradeRouter;
  readonly #pages = new Set<WebSocket>();
  readonly #kept: string[] = [];

  private constructor() {
    this.#server = createServer((request, response) => {
      answer(request, response);
    });
    const pages = mount({
      takes: () => true,
      refusal: (request) => (isOurPage(request) ? undefined : 403),
      opened: (page) => {
        this.#pages.add(page);
        page.on('close', () => this.#pages.delete(page));
        for (const message of this.#kept) page.send(message);
      },
      options: { maxPayload: 1024 },
    });
    this.#door = new UpgradeRouter(systemClock, [pages]);
    this.#door.serve(this.#server);
  }

  static async open(): Promise<StatelyRelay> {
    const relay = new StatelyRelay();
    relay.#server.listen(0, '127.0.0.1');
    await once(relay.#server, 'listening');
    return relay;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  send(message: object): void {
    const text = JSON.stringify(message);
    this.#kept.push(text);
    if (this.#kept.length > MAX_KEPT) this.#kept.shift();
    for (const page of this.#pages) if (takesMore(page)) page.send(text);
  }

  close(): void {
    this.#door.close();
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

const takesMore = ({ readyState, OPEN, bufferedAmount }: WebSocket) =>
  readyState === OPEN && bufferedAmount <= MAX_BUFFERED;

/** A name that somebody pointed at this machine is not this machine's (DNS rebinding). */
const isHere = ({ headers }: IncomingMessage) => /^(127\.0\.0\.1|localhost):\d+$/.test(headers.host ?? '');

/** A page of another site is no page of ours. */
const isOurPage = (request: IncomingMessage) =>
  isHere(request) && request.headers.origin === `http://${request.headers.host ?? ''}`;

function answer(request: IncomingMessage, response: ServerResponse): void {
  const file = isHere(request) && request.method === 'GET' ? FILES[request.url ?? ''] : undefined;
  response.setHeader('Content-Security-Policy', POLICY);
  response.setHeader('X-Content-Type-Options', 'nosniff');
  if (file === undefined) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { 'Content-Type': file.type, 'Cache-Control': 'no-store' }).end(file.text);
}
