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

/** Headers of proxies and tunnels. */
const FORWARDING = /^(forwarded|via|x-forwarded-.*|x-real-ip|x-client-ip|true-client-ip|cf-.*|ngrok-.*)$/;

/** True when a request came through a proxy or a tunnel: its peer is then not the client. Header names in lower case, as Node has them. */
export function isForwarded(headers: object): boolean {
  return Object.keys(headers).some((name) => FORWARDING.test(name));
}
