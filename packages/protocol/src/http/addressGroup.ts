const mapped = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i

/** The groups of an IPv6 address on one side of its `::`. */
const groupsOf = (side: string): ReadonlyArray<string> => (side === "" ? [] : side.split(":"))

/**
 * Returns the key by which limits count an address. An IPv6 client can choose its last 64 bits freely, so these are left
 * out. IPv4 addresses are counted one by one, also when they are written as IPv6.
 */
export const addressGroup = (address: string): string => {
  const ipv4 = mapped.exec(address)?.[1]
  if (ipv4 !== undefined || !address.includes(":")) return ipv4 ?? address
  const [before = "", after] = address.toLowerCase().split("::")
  const left = groupsOf(before)
  const missing = after === undefined ? 0 : Math.max(0, 8 - left.length - groupsOf(after).length)
  const groups = [...left, ...Array<string>(missing).fill("0"), ...groupsOf(after ?? "")]
  return groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ""))
    .join(":")
}
