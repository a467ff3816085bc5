/** Two digits after the point. */
export const rounded = (value: number): number => Math.round(value * 100) / 100

/** The middle of an odd number of values. 0 without any. */
export const median = (values: ReadonlyArray<number>): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
