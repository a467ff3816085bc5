const encode = (text: string): ReadonlyArray<number> => Array.from(new TextEncoder().encode(text))

/** A number of 32 bits. */
export const u32 = (value: number): ReadonlyArray<number> => [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff)

/** A number of 64 bits. */
export const u64 = (value: bigint): ReadonlyArray<number> => {
  const bits = BigInt.asUintN(64, value)
  return [...u32(Number(bits >> 32n)), ...u32(Number(bits & 0xffffffffn))]
}

export const zeros = (length: number): ReadonlyArray<number> => Array.from({ length }, () => 0)

/** A box with its parts as its body. */
export const box = (type: string, ...parts: ReadonlyArray<ReadonlyArray<number>>): ReadonlyArray<number> => {
  const body = parts.flat()
  return [...u32(8 + body.length), ...encode(type), ...body]
}

/** A box with a version and flags. */
export const full = (
  type: string,
  version: number,
  flags: number,
  ...parts: ReadonlyArray<ReadonlyArray<number>>
): ReadonlyArray<number> => box(type, [version, ...u32(flags).slice(1)], ...parts)

export const text = encode
