/** The values of each factor of an experiment. */
export type Factors = Readonly<Record<string, ReadonlyArray<string | number>>>

/** One value of each factor. */
export type Row<F extends Factors> = { readonly [K in keyof F]: F[K][number] }

const everyRow = <F extends Factors>(factors: F): ReadonlyArray<Row<F>> =>
  Object.entries(factors).reduce<ReadonlyArray<Readonly<Record<string, string | number>>>>(
    (rows, [name, values]) => rows.flatMap((row) => values.map((value) => ({ ...row, [name]: value }))),
    [{}]
  ) as ReadonlyArray<Row<F>>

/** The values of a row, and all its pairs of values of different factors. */
const singlesOf = (row: object): ReadonlyArray<string> => Object.entries(row).map(([name, value]) => `${name} ${value}`)

/** All pairs of values of different factors that occur in the row. */
export const pairsOf = (row: object): ReadonlyArray<string> => {
  const singles = singlesOf(row)
  return singles.flatMap((one, index) => singles.slice(index + 1).map((other) => `${one}, ${other}`))
}

/** Selects rows, one after the other the row with the most aspects that no earlier one has, until all are covered. */
const cover = <A>(rows: ReadonlyArray<A>, aspectsOf: (row: A) => ReadonlyArray<string>): ReadonlyArray<A> => {
  const left = new Set(rows.flatMap(aspectsOf))
  const gain = (row: A): number => aspectsOf(row).filter((aspect) => left.has(aspect)).length
  const selected: Array<A> = []
  while (left.size > 0) {
    const best = rows.reduce((a, b) => (gain(b) > gain(a) ? b : a))
    selected.push(best)
    for (const aspect of aspectsOf(best)) left.delete(aspect)
  }
  return selected
}

/** Rows in which every two values of different factors occur together. Far fewer than all combinations. */
export const pairwise = <F extends Factors>(factors: F): ReadonlyArray<Row<F>> => cover(everyRow(factors), pairsOf)

/** Some of the rows, in which every value occurs that occurs in any. */
export const eachValue = <A extends object>(rows: ReadonlyArray<A>): ReadonlyArray<A> => cover(rows, singlesOf)

/** Every pair of values of different factors. */
export const everyPair = (factors: Factors): ReadonlySet<string> => new Set(everyRow(factors).flatMap(pairsOf))
