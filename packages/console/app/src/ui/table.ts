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
import { useMemo } from "preact/hooks"
import { type Term, t } from "../texts.ts"

const features = tableFeatures({ rowSelectionFeature, rowSortingFeature })

export interface Column<Row> {
  /** The name of the column, and the one by which the server sorts. `actions` shows none. */
  readonly id: Term | "actions"
  readonly cell: (row: Row) => ComponentChildren
  /** Whether the server can sort by it. */
  readonly isSortable?: boolean
  /** `grow` takes the space that is left, `number` aligns to the end, `secondary` is left out on narrow screens. */
  readonly class?: string
}

export interface TableData<Row> {
  readonly columns: ReadonlyArray<Column<Row>>
  readonly rows: ReadonlyArray<Row>
  readonly keyOf: (row: Row) => string
  /** A column, with a minus before it for the descending order. */
  readonly sort?: string
  readonly onSort?: (sort: string) => void
}

const sortingOf = (sort: string | undefined): SortingState =>
  sort === undefined ? [] : [{ id: sort.replace("-", ""), desc: sort.startsWith("-") }]

/** The table of TanStack. The server sorts, so the order of the rows stays as given. */
export const useDataTable = <Row extends RowData>({ columns, keyOf, onSort, rows, sort }: TableData<Row>) => {
  const sorting = useMemo(() => sortingOf(sort), [sort])
  const definitions = useMemo(
    () =>
      columns.map(
        ({ id, isSortable = false }): ColumnDef<typeof features, Row> => ({
          id,
          header: id === "actions" ? "" : t.terms[id],
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
