import { BlockList, isIPv6 } from "node:net"

/** Ranges outside the public internet (RFC 6890), and multicast. */
const v4 = [
  ...(["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"] as const),
  ...(["192.0.0.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4"] as const)
]
const v6 = ["::/127", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8", "100::/64"]

const hexOf = (address: string): string => {
  const [a = 0, b = 0, c = 0, d = 0] = address.split(".").map(Number)
  return [a * 256 + b, c * 256 + d].map((part) => part.toString(16)).join(":")
}

const privateAddresses = new BlockList()
for (const range of v4) {
  const [address = "", bits] = range.split("/")
  privateAddresses.addSubnet(address, Number(bits), "ipv4")
  // The same hosts through NAT64 and 6to4. Node compares mapped addresses (::ffff:…) as IPv4.
  privateAddresses.addSubnet(`64:ff9b::${hexOf(address)}`, 96 + Number(bits), "ipv6")
  privateAddresses.addSubnet(`2002:${hexOf(address)}::`, 16 + Number(bits), "ipv6")
}
for (const range of v6) {
  const [address = "", bits] = range.split("/")
  privateAddresses.addSubnet(address, Number(bits), "ipv6")
}

/** Whether the IP address belongs to this machine or a local network, or is reserved. */
export const isPrivate = (address: string): boolean =>
  privateAddresses.check(address, isIPv6(address) ? "ipv6" : "ipv4")
