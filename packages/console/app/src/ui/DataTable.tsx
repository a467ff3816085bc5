import type { RowData } from "@tanstack/preact-table"
import { useRef } from "preact/hooks"
import { navigate } from "../state/router.ts"
import { t } from "../texts.ts"
import { BulkBar } from "./Bulk.tsx"
import { type Table, type TableProps, type TableRow, useDataTable, useRowKeys } from "./table.ts"

const SelectAll = <Row extends RowData>({ table }: { readonly table: Table<Row> }) => (
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
)

const ariaSort = (sorted: false | "asc" | "desc") =>
  sorted === false ? undefined : sorted === "asc" ? "ascending" : "descending"

const Head = <Row extends RowData>({
  props,
  table
}: {
  readonly props: TableProps<Row>
  readonly table: Table<Row>
}) => (
  <thead>
    <tr>
      {props.bulk === undefined ? null : <SelectAll table={table} />}
      {table.getFlatHeaders().map(({ column }, index) => (
        <th key={column.id} class={props.columns[index]?.class} aria-sort={ariaSort(column.getIsSorted())} scope="col">
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
)

interface RowProps<Row extends RowData> {
  readonly props: TableProps<Row>
  readonly row: TableRow<Row>
}

const Cells = <Row extends RowData>({ props, row }: RowProps<Row>) => (
  <>
    {props.bulk === undefined ? null : (
      <td class="select-cell">
        <input
          type="checkbox"
          aria-label={t.list.select(props.nameOf?.(row.original) ?? row.id)}
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
  </>
)

/** Whether a click is neither on a control nor the end of a selection of text. */
const isOnRow = ({ target }: MouseEvent) =>
  !(target instanceof Element && target.closest("a, button, input, label") !== null) &&
  getSelection()?.isCollapsed !== false

interface ShownRow<Row extends RowData> extends RowProps<Row> {
  readonly isMarked: boolean
  readonly onOpen: () => void
}

const Row = <Data extends RowData>({ isMarked, onOpen, props, row }: ShownRow<Data>) => (
  <tr
    data-marked={isMarked}
    data-link={props.hrefOf !== undefined}
    aria-current={row.id === props.current ? "true" : undefined}
    onClick={(event) => isOnRow(event) && onOpen()}
  >
    <Cells props={props} row={row} />
  </tr>
)

/** A dense table with sorting, selection and keys. */
export const DataTable = <Row extends RowData>(props: TableProps<Row>) => {
  const table = useDataTable(props)
  const rows = table.getRowModel().rows
  const find = (key: string) => rows.find(({ id }) => id === key)
  const selected = Object.keys(table.state.rowSelection).filter((key) => find(key) !== undefined)
  const open = (key: string) => {
    const row = find(key)
    if (row !== undefined && props.hrefOf !== undefined) navigate(props.hrefOf(row.original))
  }
  const body = useRef<HTMLTableSectionElement>(null)
  const marked = useRowKeys({
    keys: () => rows.map(({ id }) => id),
    show: (index) => body.current?.rows[index]?.scrollIntoView({ block: "nearest" }),
    toggle: (key) => props.bulk && find(key)?.toggleSelected(),
    open
  })
  return (
    <>
      {props.bulk === undefined || selected.length === 0 ? null : (
        <BulkBar bulk={props.bulk} ids={selected} clear={() => table.resetRowSelection()} />
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table scrolls, also by the keyboard */}
      <section class="table-scroll" tabIndex={0} aria-label={props.label}>
        <table>
          <Head props={props} table={table} />
          <tbody ref={body}>
            {rows.map((row) => (
              <Row key={row.id} props={props} row={row} isMarked={row.id === marked} onOpen={() => open(row.id)} />
            ))}
          </tbody>
        </table>
      </section>
    </>
  )
}
