import { Array as Arr, DateTime, Order } from "effect"
import type { Page, PageAfterRequest, PageRequest, Sort } from "../PersistenceError.ts"

/** The requested page, newest first or in the given order, of a list in the order of insertion. */
export const pageOf = <A>(items: Iterable<A>, { count, start }: PageRequest, order?: Order.Order<A>): Page<A> => {
  const inserted = Array.from(items)
  const all = order === undefined ? inserted.reverse() : Arr.sort(inserted, order)
  return { total: all.length, data: all.slice(start, start + count) }
}

/** The same from the row after `after` on. */
export const pageAfter = <A extends { readonly id: unknown }>(
  items: Iterable<A>,
  { after, count, start }: PageAfterRequest<A["id"]>,
  order?: Order.Order<A>
): Page<A> => {
  if (after === undefined) return pageOf(items, { start, count }, order)
  const { data, total } = pageOf(items, { start: 0, count: Number.POSITIVE_INFINITY }, order)
  const place = data.findIndex(({ id }) => id === after)
  const from = place === -1 ? data.length : place + 1 + start
  return { total, data: data.slice(from, from + count) }
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
