import {
  type ColumnDef,
  type RowData,
  rowSelectionFeature,
  rowSortingFeature,
  type SortingState,
  tableFeatures,
  useTable
} from "@tanstack/preact-table"
import type { ComponentChildren } from "preact"
import { useMemo, useState } from "preact/hooks"
import type { Bulk } from "./Bulk.tsx"
import { useKeys } from "./keys.ts"

const features = tableFeatures({ rowSelectionFeature, rowSortingFeature })

export interface Column<Row> {
  readonly id: string
  readonly header: string
  readonly cell: (row: Row) => ComponentChildren
  /** Whether the server can sort by it. */
  readonly isSortable?: boolean
  /** `grow` takes the space that is left, `number` aligns to the end, `secondary` is left out on narrow screens. */
  readonly class?: string
}

export interface TableProps<Row> {
  readonly label: string
  readonly columns: ReadonlyArray<Column<Row>>
  readonly rows: ReadonlyArray<Row>
  readonly keyOf: (row: Row) => string
  readonly hrefOf?: (row: Row) => string
  readonly current?: string | undefined
  /** A column, with a minus before it for the descending order. */
  readonly sort?: string
  readonly onSort?: (sort: string) => void
  /** What can be done with the selected rows. Rows can be selected only with this. */
  readonly bulk?: Bulk
  /** The name of a row for screen readers. Its key by default. */
  readonly nameOf?: (row: Row) => string
}

const sortingOf = (sort: string | undefined): SortingState =>
  sort === undefined ? [] : [{ id: sort.replace("-", ""), desc: sort.startsWith("-") }]

/** The table of TanStack. The server sorts, so the order of the rows stays as given. */
export const useDataTable = <Row extends RowData>({ columns, keyOf, onSort, rows, sort }: TableProps<Row>) => {
  const sorting = useMemo(() => sortingOf(sort), [sort])
  const definitions = useMemo(
    () =>
      columns.map(
        ({ header, id, isSortable = false }): ColumnDef<typeof features, Row> => ({
          id,
          header,
          accessorFn: keyOf,
          enableSorting: isSortable
        })
      ),
    [columns]
  )
  return useTable({
    features,
    columns: definitions,
    data: rows as Array<Row>,
    getRowId: keyOf,
    manualSorting: true,
    enableSortingRemoval: false,
    state: { sorting },
    onSortingChange: (change) => {
      const [first] = typeof change === "function" ? change(sorting) : change
      if (first !== undefined) onSort?.(`${first.desc ? "-" : ""}${first.id}`)
    }
  })
}

export type Table<Row extends RowData> = ReturnType<typeof useDataTable<Row>>
export type TableRow<Row extends RowData> = ReturnType<Table<Row>["getRowModel"]>["rows"][number]

/** Returns the key of the row that the keys j, k, x and o act on. A row that is not loaded has no key. */
export const useRowKeys = (props: {
  readonly keys: () => ReadonlyArray<string | undefined>
  readonly show: (index: number) => void
  readonly toggle: (key: string) => void
  readonly open: (key: string) => void
}): string | undefined => {
  const [marked, setMarked] = useState<string>()
  const move = (by: number) => {
    const keys = props.keys()
    const at = marked === undefined ? (by > 0 ? -1 : 0) : keys.indexOf(marked)
    const next = Math.min(keys.length - 1, Math.max(0, at + by))
    if (keys[next] === undefined) return
    setMarked(keys[next])
    props.show(next)
  }
  const withMarked = (act: (key: string) => void) => () => {
    if (marked !== undefined) act(marked)
  }
  useKeys({ j: () => move(1), k: () => move(-1), x: withMarked(props.toggle), o: withMarked(props.open) })
  return marked
}
