import { BlockList, isIP } from 'node:net';

/** Where clouds tell a machine its own credentials, and the rest of what is link-local: nothing of anybody's is served there. */
const refused = new BlockList();
refused.addSubnet('169.254.0.0', 16, 'ipv4'); // RFC 3927; instance metadata of AWS, Azure, Google and others
refused.addAddress('100.100.100.200', 'ipv4'); // Alibaba Cloud
refused.addAddress('168.63.129.16', 'ipv4'); // Azure's host
refused.addAddress('192.0.0.192', 'ipv4'); // Oracle Cloud
refused.addSubnet('fe80::', 10, 'ipv6'); // RFC 4291
refused.addAddress('fd00:ec2::254', 'ipv6'); // AWS
refused.addAddress('fd20:ce::254', 'ipv6'); // Google
refused.addSubnet('64:ff9b::a9fe:0', 112, 'ipv6'); // 169.254.0.0/16 through NAT64, RFC 6052

/** Whether an address is one that is never asked for anything, as IPv4 written in IPv6 too. A name is none. */
export function isRefusedAddress(address: string): boolean {
  const bare = address.replace(/^\[(.*)\]$/, '$1');
  const family = isIP(bare);
  return family !== 0 && refused.check(bare, family === 4 ? 'ipv4' : 'ipv6');
}
