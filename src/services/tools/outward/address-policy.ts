/**
 * Which addresses a tool may reach: those of the public internet, and no others.
 * Fails closed: what is not known to be public is not. The blocks are those of
 * IANA's special-purpose registries for IPv4 and IPv6.
 */

import { BlockList, isIP } from 'node:net';

const NOT_PUBLIC = blocks('ipv4', [
  ['0.0.0.0', 8], // this network
  ['10.0.0.0', 8], // private
  ['100.64.0.0', 10], // behind a carrier's translator
  ['127.0.0.0', 8], // loopback
  ['169.254.0.0', 16], // link-local; clouds keep their keys at 169.254.169.254
  ['172.16.0.0', 12], // private
  ['192.0.0.0', 24], // protocol assignments
  ['192.0.2.0', 24], // documentation
  ['192.88.99.0', 24], // old relays to IPv6
  ['192.168.0.0', 16], // private
  ['198.18.0.0', 15], // benchmarks
  ['198.51.100.0', 24], // documentation
  ['203.0.113.0', 24], // documentation
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, and the broadcast address
]);

/** Everything that is routed on the public internet so far. Loopback, link-local, unique local, mapped and NAT64 lie outside. */
const GLOBAL_UNICAST = blocks('ipv6', [['2000::', 3]]);

const NOT_PUBLIC_6 = blocks('ipv6', [
  ['2001::', 23], // protocol assignments; Teredo, which holds an IPv4 address, among them
  ['2001:db8::', 32], // documentation
  ['2002::', 16], // 6to4, which holds an IPv4 address
  ['3fff::', 20], // documentation
]);

/** True for an address of the public internet. IPv4 addresses in the clothes of IPv6 are not. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !NOT_PUBLIC.check(address, 'ipv4');
    case 6:
      // A zone (`fe80::1%eth0`) is of a link, never of the internet.
      return (
        !address.includes('%') &&
        GLOBAL_UNICAST.check(address, 'ipv6') &&
        !NOT_PUBLIC_6.check(address, 'ipv6')
      );
    default:
      return false;
  }
}

function blocks(family: 'ipv4' | 'ipv6', subnets: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of subnets) list.addSubnet(network, prefix, family);
  return list;
}
