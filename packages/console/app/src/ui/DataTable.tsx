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
import { useEffect, useMemo, useRef, useState } from "preact/hooks"
import { navigate } from "../state/router.ts"
import { t } from "../texts.ts"
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
  readonly bulk?: (keys: ReadonlyArray<string>, clear: () => void) => ComponentChildren
}

const sortingOf = (sort: string | undefined): SortingState =>
  sort === undefined ? [] : [{ id: sort.replace("-", ""), desc: sort.startsWith("-") }]

const useDataTable = <Row extends RowData>({ columns, keyOf, onSort, rows, sort }: TableProps<Row>) => {
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

/** The row that the keys j, k, x and Enter act on. */
const useRowKeys = (props: {
  readonly keys: ReadonlyArray<string>
  readonly toggle: (key: string) => void
  readonly open: (key: string) => void
}) => {
  const [marked, setMarked] = useState<string>()
  const body = useRef<HTMLTableSectionElement>(null)
  const move = (by: number) => {
    const at = marked === undefined ? (by > 0 ? -1 : 0) : props.keys.indexOf(marked)
    setMarked(props.keys[Math.min(props.keys.length - 1, Math.max(0, at + by))])
  }
  useEffect(() => body.current?.querySelector("[data-marked=true]")?.scrollIntoView({ block: "nearest" }), [marked])
  const withMarked = (act: (key: string) => void) => () => {
    if (marked !== undefined) act(marked)
  }
  useKeys({ j: () => move(1), k: () => move(-1), x: withMarked(props.toggle), o: withMarked(props.open) })
  return { marked, body }
}

const ariaSort = (sorted: false | "asc" | "desc") =>
  sorted === false ? undefined : sorted === "asc" ? "ascending" : "descending"

/** A dense table with sorting, selection and keys. */
export const DataTable = <Row extends RowData>(props: TableProps<Row>) => {
  const table = useDataTable(props)
  const rows = table.getRowModel().rows
  const selected = Object.keys(table.state.rowSelection).filter((key) => rows.some(({ id }) => id === key))
  const open = (key: string) => {
    const row = rows.find(({ id }) => id === key)
    if (row !== undefined && props.hrefOf !== undefined) navigate(props.hrefOf(row.original))
  }
  const { body, marked } = useRowKeys({
    keys: rows.map(({ id }) => id),
    toggle: (key) => props.bulk && rows.find(({ id }) => id === key)?.toggleSelected(),
    open
  })
  const clicked = (event: MouseEvent, key: string) => {
    const { target } = event
    if (target instanceof Element && target.closest("a, button, input, label") !== null) return
    if (getSelection()?.isCollapsed !== false) open(key)
  }
  return (
    <>
      {props.bulk !== undefined && selected.length > 0 ? (
        <div class="bulk" role="region" aria-label={t.list.selected(selected.length)}>
          <span>{t.list.selected(selected.length)}</span>
          {props.bulk(selected, () => table.resetRowSelection())}
          <button type="button" class="button small" onClick={() => table.resetRowSelection()}>
            {t.actions.clear}
          </button>
        </div>
      ) : null}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table scrolls, also by the keyboard */}
      <section class="table-scroll" tabIndex={0} aria-label={props.label}>
        <table>
          <thead>
            <tr>
              {props.bulk === undefined ? null : (
                <th class="select-cell">
                  <input
                    type="checkbox"
                    aria-label={t.list.selectAll}
                    checked={table.getIsAllRowsSelected()}
                    ref={(box) => {
                      if (box !== null) box.indeterminate = table.getIsSomeRowsSelected()
                    }}
                    onChange={() => table.toggleAllRowsSelected()}
                  />
                </th>
              )}
              {table.getFlatHeaders().map(({ column }, index) => (
                <th
                  key={column.id}
                  class={props.columns[index]?.class}
                  aria-sort={ariaSort(column.getIsSorted())}
                  scope="col"
                >
                  {column.getCanSort() ? (
                    <button type="button" onClick={() => column.toggleSorting()}>
                      {props.columns[index]?.header}
                    </button>
                  ) : (
                    props.columns[index]?.header
                  )}
                </th>
              ))}
            </tr>
          </thead>
          <tbody ref={body}>
            {rows.map((row) => (
              <tr
                key={row.id}
                data-marked={row.id === marked}
                data-link={props.hrefOf !== undefined}
                aria-current={row.id === props.current ? "true" : undefined}
                onClick={(event) => clicked(event, row.id)}
              >
                {props.bulk === undefined ? null : (
                  <td class="select-cell">
                    <input
                      type="checkbox"
                      aria-label={t.list.select}
                      checked={row.getIsSelected()}
                      onChange={() => row.toggleSelected()}
                    />
                  </td>
                )}
                {props.columns.map((column, index) => (
                  <td key={column.id} class={column.class}>
                    {index === 0 && props.hrefOf !== undefined ? (
                      <a href={props.hrefOf(row.original)}>{column.cell(row.original)}</a>
                    ) : (
                      column.cell(row.original)
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  )
}
