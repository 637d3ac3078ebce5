import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** Which addresses are proxies of the operator's own. */
export type IsProxy = (address: string) => boolean;

/** One address, or a network as `10.0.0.0/8`. */
const PROXY = /^([0-9a-f:.]+)(?:\/(\d{1,3}))?$/i;

/** True for what {@link proxiesOf} understands. */
export function isProxyRange(text: string): boolean {
  const [, address = '', bits] = PROXY.exec(text) ?? [];
  const family = isIP(address);
  return family !== 0 && (bits === undefined || Number(bits) <= (family === 6 ? 128 : 32));
}

/** @param ranges - addresses and networks, as {@link isProxyRange} has them. */
export function proxiesOf(ranges: readonly string[]): IsProxy {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', bits] = range.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return (address) => list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/**
 * Where a request comes from: the address of its connection, or, through proxies of the operator's own, the last
 * one in `X-Forwarded-For` that is none of them. Whatever stands before it the client may have written itself.
 */
export function clientAddressOf({ socket, headers }: IncomingMessage, isProxy: IsProxy): string {
  const peer = plainAddress(socket.remoteAddress ?? '');
  if (!isProxy(peer)) return peer;
  const hops = [headers['x-forwarded-for'] ?? []].flat().join(',').split(',');
  const client = hops
    .map((hop) => plainAddress(hop.trim()))
    .reverse()
    .find((hop) => isIP(hop) !== 0 && !isProxy(hop));
  return client ?? peer;
}

/** Node writes IPv4 peers of a dual-stack socket as `::ffff:192.0.2.1`. */
export const plainAddress = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '');
