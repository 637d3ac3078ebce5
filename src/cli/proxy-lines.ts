import type { FarAnswer } from './far-answer.ts';

/** What a proxy has to be told, so that a WebSocket passes. */
export type LostHeader = 'Upgrade' | 'Connection' | 'version' | 'Host';

interface ProxyKind {
  /** How it calls itself in `Server`. */
  readonly name: RegExp;
  /** What to write, and where, for each thing that was lost on the way. */
  readonly lines: (lost: readonly LostHeader[]) => string[];
}

const NGINX: Readonly<Record<LostHeader, string>> = {
  version: 'proxy_http_version 1.1;',
  Upgrade: 'proxy_set_header Upgrade $http_upgrade;',
  Connection: 'proxy_set_header Connection "upgrade";',
  Host: 'proxy_set_header Host $http_host;',
};
const APACHE: Readonly<Record<LostHeader, string>> = {
  version: 'ProxyPass "/" "http://127.0.0.1:3000/" upgrade=websocket',
  Upgrade: 'ProxyPass "/" "http://127.0.0.1:3000/" upgrade=websocket',
  Connection: 'ProxyPass "/" "http://127.0.0.1:3000/" upgrade=websocket',
  Host: 'ProxyPreserveHost On',
};
const HEADERS: Readonly<Record<LostHeader, string>> = {
  version: 'speak HTTP/1.1 to the engine',
  Upgrade: 'pass the header Upgrade on',
  Connection: 'pass the header Connection: upgrade on',
  Host: 'pass the header Host on',
};

const KINDS: readonly ProxyKind[] = [
  { name: /nginx|openresty/i, lines: (lost) => ['location / {', ...of(NGINX, lost, '  '), '}'] },
  { name: /apache/i, lines: (lost) => of(APACHE, lost) },
  {
    name: /caddy/i,
    lines: (lost) => [
      'Caddy passes all of it by itself: "reverse_proxy 127.0.0.1:3000", without',
      ...lost.map((each) =>
        each === 'version' ? '  "transport http { versions h2c }"' : `  "header_up ${each}"`,
      ),
    ],
  },
  {
    name: /cloudflare/i,
    lines: () => ['in the dashboard of Cloudflare: Network, WebSockets, on'],
  },
  { name: /microsoft-iis/i, lines: () => ['in IIS: install the feature WebSocket Protocol'] },
  { name: /envoy/i, lines: () => ['upgrade_configs: [{ upgrade_type: websocket }]'] },
];

/** The lines that a proxy lacks, ready to be written down; for one that does not say what it is, in words. */
export function proxyLines({ server }: Pick<FarAnswer, 'server'>, lost: readonly LostHeader[]): string[] {
  const kind = KINDS.find(({ name }) => name.test(server));
  return kind === undefined ? ['the proxy must', ...of(HEADERS, lost, '  ')] : kind.lines(lost);
}

const of = (texts: Readonly<Record<LostHeader, string>>, lost: readonly LostHeader[], indent = '') => [
  ...new Set(lost.map((each) => indent + texts[each])),
];
