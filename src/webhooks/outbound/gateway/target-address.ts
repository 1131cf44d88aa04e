import { BlockList, isIP } from 'node:net';

/**
 * Where an address leads: into the internet, into a network of one's own, or to a place that no webhook has business with
 * (this very link, many hosts at once, a translator to another address, nobody).
 */
export type Reach = 'public' | 'private' | 'never';

type Subnet = readonly [network: string, prefix: number];

/** https://www.iana.org/assignments/iana-ipv4-special-registry */
const PRIVATE_IPV4: readonly Subnet[] = [
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
];
const NEVER_IPV4: readonly Subnet[] = [
  ['0.0.0.0', 8],
  // Link-local, and where cloud providers hand out the credentials of a machine.
  ['169.254.0.0', 16],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];

/**
 * https://www.iana.org/assignments/iana-ipv6-special-registry. Public is global unicast alone, so that whatever carries an
 * IPv4 address inside (mapped, compatible, NAT64) is not: it needs no unpacking to be refused.
 */
const GLOBAL_IPV6: readonly Subnet[] = [['2000::', 3]];
const PRIVATE_IPV6: readonly Subnet[] = [
  ['::1', 128],
  ['fc00::', 7],
];
const NEVER_IPV6: readonly Subnet[] = [
  // Protocol assignments, Teredo among them.
  ['2001::', 23],
  ['2001:db8::', 32],
  // 6to4: the IPv4 address of a relay stands inside.
  ['2002::', 16],
  ['3fff::', 20],
];

const listOf = (subnets: readonly Subnet[], family: 'ipv4' | 'ipv6'): BlockList => {
  const list = new BlockList();
  for (const [network, prefix] of subnets) list.addSubnet(network, prefix, family);
  return list;
};

const privateIpv4 = listOf(PRIVATE_IPV4, 'ipv4');
const neverIpv4 = listOf(NEVER_IPV4, 'ipv4');
const globalIpv6 = listOf(GLOBAL_IPV6, 'ipv6');
const privateIpv6 = listOf(PRIVATE_IPV6, 'ipv6');
const neverIpv6 = listOf(NEVER_IPV6, 'ipv6');

/** What kind of place a numeric address is. Anything that is no plain address of either family is `never`. */
export function reachOf(address: string): Reach {
  const family = isIP(address);
  // A zone (fe80::1%eth0) names an interface of this machine.
  if (family === 0 || address.includes('%')) return 'never';
  return family === 4 ? reachOfIpv4(address) : reachOfIpv6(address);
}

function reachOfIpv4(address: string): Reach {
  if (neverIpv4.check(address, 'ipv4')) return 'never';
  return privateIpv4.check(address, 'ipv4') ? 'private' : 'public';
}

function reachOfIpv6(address: string): Reach {
  if (privateIpv6.check(address, 'ipv6')) return 'private';
  return globalIpv6.check(address, 'ipv6') && !neverIpv6.check(address, 'ipv6') ? 'public' : 'never';
}
