/**
 * Which names and addresses mean this machine itself. The settings ask, whether
 * the server may run without a token, and so do the doors for requests and for
 * streams, whether a client is near enough to need none. They must never disagree.
 */

const LOOPBACK_V4 = /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/; // RFC 1122, 3.2.1.3: the whole of 127/8.

/** True for `localhost`, 127/8 and ::1, with or without the brackets of a URL. `0.0.0.0` and `::` are everywhere, not here. */
export function isLoopbackName(hostname: string): boolean {
  const name = hostname.toLowerCase();
  return name === 'localhost' || name === '::1' || name === '[::1]' || LOOPBACK_V4.test(name);
}

/** True for the address of a peer on this machine; Node writes IPv4 peers of a dual-stack socket as `::ffff:127.0.0.1`. */
export function isLoopbackAddress(address: string | undefined): boolean {
  if (address === undefined) return false;
  return isLoopbackName(address.replace(/^::ffff:/i, '')) && address !== 'localhost';
}

/** True when a URL's host is this machine. */
export function isLoopbackUrl(url: string): boolean {
  return URL.canParse(url) && isLoopbackName(new URL(url).hostname);
}

/** What the makers of proxies and tunnels begin their own headers with. */
const MAKERS = [
  'ali-|akamai-|appgw-|cdn-|cf-|cloudfront-|do-connecting-|eagleeye-|fastly-|fly-|incap-|l5d-|ngrok-|render-|rndr-',
  'tailscale-|teleport-|wl-proxy-',
  'x-(?:akamai|amz|amzn|appengine|appgw|arr|auth-request|azure|cloud-trace|envoy|fastly|fd|github|goog|haproxy|iap)-',
  'x-(?:ms|ngrok|nf|pomerium|railway|sucuri|tencent|tunnel|varnish|vercel)-',
].join('|');

/** What many say: for whom, from where, by which way, and under which number in their own log. */
const CUSTOM =
  '(?:x-)?(?:forwarded|forward|original|proxy|remote|real|ssl|tls)-.*|(?:x-)?forwarded|via|x-via|' +
  '(?:x-|true-|x-true-)?client-ip|x-client-(?:port|proto|verify|dn|cert|host)|x-cluster-client-ip|x-proxyuser-ip|' +
  'x-(?:host|https|port|proto|scheme|url-scheme|rewrite-url|from-where|varnish|request-id|request-start)|' +
  'front-end-https|bypass-tunnel-reminder';

/**
 * Headers of proxies and tunnels; `test/unit/loopback.test.ts` has them by maker, with sources. What is in doubt is
 * one: a client that is taken for a stranger is told to set a token, a stranger who is taken for this machine has it.
 * A tunnel of plain bytes (SSH, `ngrok tcp`) adds none, and cannot be told from a client here.
 */
const FORWARDING = new RegExp(`^(?:(?:${MAKERS}).*|${CUSTOM})$`);

/** True when a request came through a proxy or a tunnel: its peer is then not the client. Header names in lower case, as Node has them. */
export function isForwarded(headers: object): boolean {
  return Object.keys(headers).some((name) => FORWARDING.test(name));
}
