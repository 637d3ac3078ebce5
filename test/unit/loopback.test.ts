import { describe, expect, test } from 'vitest';
import { isForwarded } from '../../src/loopback.ts';

/** Each header by itself must do: operators strip others. */
const PROXIES: readonly (readonly [maker: string, source: string, headers: string])[] = [
  ['RFC 7239', 'rfc-editor.org/rfc/rfc7239', 'forwarded'],
  ['RFC 9110, 7.6.3', 'rfc-editor.org/rfc/rfc9110', 'via'],
  ['RFC 8586', 'rfc-editor.org/rfc/rfc8586', 'cdn-loop'],
  [
    'nginx, as its guides set it up',
    'nginx.org/en/docs/http/ngx_http_proxy_module.html',
    'x-real-ip x-forwarded-for x-forwarded-proto x-forwarded-host x-forwarded-port x-original-uri x-scheme',
  ],
  [
    'ingress-nginx',
    'github.com/kubernetes/ingress-nginx, rootfs/etc/nginx/template/nginx.tmpl',
    'x-request-id x-original-forwarded-for x-forwarded-scheme x-original-url ssl-client-verify',
  ],
  [
    'Caddy',
    'caddyserver.com/docs/caddyfile/directives/reverse_proxy',
    'x-forwarded-for x-forwarded-proto x-forwarded-host via',
  ],
  [
    'Traefik',
    'doc.traefik.io/traefik/routing/entrypoints',
    'x-forwarded-server x-real-ip x-forwarded-tls-client-cert x-forwarded-prefix',
  ],
  [
    'HAProxy',
    'docs.haproxy.org, option forwardfor, option originalto',
    'x-forwarded-for x-original-to forwarded x-client-ip',
  ],
  [
    'Apache',
    'httpd.apache.org/docs/2.4/mod/mod_proxy.html',
    'x-forwarded-for x-forwarded-host x-forwarded-server',
  ],
  ['Squid', 'wiki.squid-cache.org/ConfigExamples', 'via x-forwarded-for proxy-connection'],
  ['Varnish', 'varnish-cache.org/docs', 'x-varnish via x-forwarded-for'],
  [
    'Envoy, Istio',
    'envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers',
    'x-envoy-external-address x-envoy-internal x-envoy-original-path x-envoy-expected-rq-timeout-ms x-request-id x-forwarded-client-cert',
  ],
  ['Linkerd', 'linkerd.io/2/reference/proxy-metrics', 'l5d-client-id l5d-dst-canonical'],
  [
    'Cloudflare and its tunnel',
    'developers.cloudflare.com/fundamentals/reference/http-headers',
    'cf-connecting-ip cf-connecting-ipv6 cf-ray cf-visitor cf-ipcountry cf-warp-tag-id cf-access-jwt-assertion true-client-ip cdn-loop',
  ],
  [
    'CloudFront',
    'docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/adding-cloudfront-headers.html',
    'x-amz-cf-id via cloudfront-viewer-address cloudfront-forwarded-proto cloudfront-is-mobile-viewer',
  ],
  [
    'AWS load balancers',
    'docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html',
    'x-amzn-trace-id x-forwarded-port x-amzn-oidc-identity x-amzn-mtls-clientcert x-amzn-tls-version',
  ],
  [
    'Fastly',
    'fastly.com/documentation/reference/http/http-headers',
    'fastly-client-ip fastly-ff fastly-ssl x-varnish',
  ],
  [
    'Akamai',
    'techdocs.akamai.com/property-mgr/docs',
    'true-client-ip akamai-origin-hop x-akamai-edgescape x-akamai-config-log-detail',
  ],
  [
    'Azure Front Door, Application Gateway, App Service',
    'learn.microsoft.com/azure/frontdoor/front-door-http-headers-protocol',
    'x-azure-clientip x-azure-socketip x-azure-ref x-azure-requestchain x-azure-fdid x-fd-healthprobe x-original-host x-appgw-trace-id x-arr-ssl x-arr-log-id client-ip x-ms-client-principal x-client-port',
  ],
  [
    'Google Cloud',
    'docs.cloud.google.com/load-balancing/docs/https',
    'x-cloud-trace-context x-goog-iap-jwt-assertion x-goog-authenticated-user-email x-appengine-user-ip via',
  ],
  [
    'Fly',
    'fly.io/docs/networking/request-headers',
    'fly-client-ip fly-forwarded-port fly-region fly-request-id',
  ],
  [
    'Heroku',
    'devcenter.heroku.com/articles/http-routing',
    'x-request-id x-request-start via x-forwarded-port',
  ],
  [
    'Vercel',
    'vercel.com/docs/headers/request-headers',
    'x-vercel-forwarded-for x-vercel-id x-vercel-ip-country x-real-ip',
  ],
  ['Netlify', 'docs.netlify.com', 'x-nf-client-connection-ip x-nf-request-id'],
  [
    'Railway, Render',
    'docs.railway.com, render.com/docs',
    'x-railway-edge x-railway-request-id rndr-id render-proxy-ttl',
  ],
  ['DigitalOcean', 'docs.digitalocean.com/products/app-platform', 'do-connecting-ip'],
  ['Alibaba, Tencent', 'alibabacloud.com/help/en/cdn', 'ali-cdn-real-ip eagleeye-traceid x-tencent-ua'],
  [
    'Sucuri, Imperva',
    'docs.sucuri.net, docs.imperva.com',
    'x-sucuri-clientip x-sucuri-country incap-client-ip',
  ],
  [
    'ngrok',
    'ngrok.com/docs/http',
    'x-forwarded-for ngrok-skip-browser-warning ngrok-auth-user-email x-ngrok-id',
  ],
  [
    'localtunnel',
    'github.com/localtunnel/localtunnel',
    'x-forwarded-for x-real-ip x-forwarded-proto bypass-tunnel-reminder',
  ],
  [
    'Tailscale serve and funnel',
    'tailscale.com/kb/1312/serve',
    'tailscale-user-login tailscale-user-name tailscale-user-profile-pic tailscale-headers-info tailscale-funnel-request x-forwarded-for',
  ],
  ['frp', 'github.com/fatedier/frp, README', 'x-forwarded-for x-from-where x-real-ip'],
  [
    'VS Code and GitHub tunnels',
    'learn.microsoft.com/azure/developer/dev-tunnels',
    'x-tunnel-authorization x-github-token x-forwarded-host x-ms-containerid x-original-host',
  ],
  [
    'oauth2-proxy, Pomerium, Teleport',
    'oauth2-proxy.github.io, pomerium.com/docs',
    'x-auth-request-user x-auth-request-email x-pomerium-jwt-assertion teleport-jwt-assertion x-forwarded-user',
  ],
  [
    'WebLogic, Rackspace, IIS',
    'their manuals',
    'wl-proxy-client-ip x-cluster-client-ip front-end-https x-rewrite-url x-remote-addr remote-addr x-proxyuser-ip',
  ],
];

describe.each(PROXIES)('a request through %s', (maker, _source, headers) => {
  test.each(headers.split(' '))(`a request through ${maker} is known by %s`, (header) => {
    expect(isForwarded({ host: 'localhost:3000', 'user-agent': 'x', [header]: '1' })).toBe(true);
  });
});

/** All that they send of themselves. */
const CLIENTS: readonly (readonly [client: string, headers: string])[] = [
  ['curl', 'host user-agent accept content-length content-type expect authorization range'],
  ['wget', 'host user-agent accept accept-encoding connection'],
  [
    'fetch of Node, and this command line',
    'host connection authorization accept accept-language sec-fetch-mode user-agent accept-encoding',
  ],
  [
    'ws',
    'host connection upgrade sec-websocket-version sec-websocket-key sec-websocket-extensions sec-websocket-protocol',
  ],
  ['Python', 'host user-agent accept-encoding accept connection'],
  [
    'Chrome',
    'host connection cache-control pragma sec-ch-ua sec-ch-ua-mobile sec-ch-ua-platform upgrade-insecure-requests user-agent accept purpose sec-purpose sec-fetch-site sec-fetch-mode sec-fetch-user sec-fetch-dest sec-gpc dnt referer origin accept-encoding accept-language cookie if-none-match if-modified-since priority x-requested-with save-data access-control-request-private-network',
  ],
  [
    'Firefox',
    'host user-agent accept accept-language accept-encoding connection te trailer priority dnt sec-gpc upgrade-insecure-requests content-length origin',
  ],
  [
    'Safari',
    'host accept user-agent accept-language accept-encoding connection sec-fetch-dest sec-fetch-mode sec-fetch-site priority',
  ],
  ['Prometheus', 'host user-agent accept accept-encoding x-prometheus-scrape-timeout-seconds authorization'],
  [
    'the simulated carrier',
    'host content-type i-twilio-idempotency-token x-twilio-signature connection accept user-agent',
  ],
  ['a program with traces', 'host traceparent tracestate baggage b3 x-b3-traceid idempotency-key'],
];

test.each(CLIENTS)('%s on this machine is taken for what it is', (_client, headers) => {
  expect(isForwarded(Object.fromEntries(headers.split(' ').map((name) => [name, '1'])))).toBe(false);
});
