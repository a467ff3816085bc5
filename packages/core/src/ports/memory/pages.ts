import { Array as Arr, DateTime, Order } from "effect"
import type { Page, PageRequest, Sort } from "../PersistenceError.ts"

/** The requested page, newest first or in the given order, of a list in the order of insertion. */
export const pageOf = <A>(items: Iterable<A>, { count, start }: PageRequest, order?: Order.Order<A>): Page<A> => {
  const inserted = Array.from(items)
  const all = order === undefined ? inserted.reverse() : Arr.sort(inserted, order)
  return { total: all.length, data: all.slice(start, start + count) }
}

/** Whether the searched text contains the other one, in any case. */
export const holds = (text: string, searched: string): boolean => searched.toLowerCase().includes(text.toLowerCase())

/** Sorts by creation time if the page is requested that way. */
export const byCreation = ({
  sort
}: {
  readonly sort?: Sort<"createdAt">
}): Order.Order<{ readonly createdAt: DateTime.Utc }> | undefined => {
  if (sort === undefined) return undefined
  const ascending = Order.mapInput(DateTime.Order, (one: { readonly createdAt: DateTime.Utc }) => one.createdAt)
  return sort.descending ? Order.reverse(ascending) : ascending
}
