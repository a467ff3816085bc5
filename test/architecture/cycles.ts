/** A directed graph: which nodes each node leads to. */
export type Graph = ReadonlyMap<string, ReadonlyArray<string>>

/**
 * Returns the groups of nodes that lead to each other, each sorted: the strongly connected components of more than one
 * node, and nodes that lead to themselves. Empty when there is no cycle. (Tarjan's algorithm.)
 */
export const cyclesOf = (graph: Graph): ReadonlyArray<ReadonlyArray<string>> => {
  const order = new Map<string, number>()
  const lowest = new Map<string, number>()
  const open: Array<string> = []
  const groups: Array<ReadonlyArray<string>> = []

  const close = (node: string): void => {
    const group = open.splice(open.indexOf(node))
    if (group.length > 1 || graph.get(node)?.includes(node)) groups.push(group.sort())
  }

  const enter = (node: string): void => {
    order.set(node, order.size)
    lowest.set(node, order.size - 1)
    open.push(node)
    for (const next of graph.get(node) ?? []) {
      if (!order.has(next)) enter(next)
      if (open.includes(next)) lowest.set(node, Math.min(lowest.get(node) ?? 0, lowest.get(next) ?? 0))
    }
    if (lowest.get(node) === order.get(node)) close(node)
  }

  for (const node of graph.keys()) if (!order.has(node)) enter(node)
  return groups
}
