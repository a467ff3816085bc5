import type { RowData } from "@tanstack/preact-table"
import type { ComponentChildren } from "preact"
import { useRef } from "preact/hooks"
import { navigate } from "../state/router.ts"
import { t } from "../texts.ts"
import { type Bulk, BulkBar } from "./Bulk.tsx"
import { useRowKeys } from "./rows.ts"
import { type Table, type TableData, type TableRow, useDataTable } from "./table.ts"

interface Props<Row> extends TableData<Row> {
  readonly label: string
  readonly hrefOf?: (row: Row) => string
  readonly current?: string | undefined
  /** What can be done with the selected rows. Rows can be selected only with this. */
  readonly bulk?: Bulk
  /** The name of a row for screen readers. Its key by default. */
  readonly nameOf?: (row: Row) => string
  /** Shown when there are no rows. */
  readonly children?: ComponentChildren
}

interface PickProps {
  readonly label: string
  readonly isPicked: boolean
  readonly isPartly?: boolean
  readonly onChange: () => void
}

const Pick = ({ isPartly = false, isPicked, label, onChange }: PickProps) => (
  <input type="checkbox" aria-label={label} checked={isPicked} indeterminate={isPartly} onChange={onChange} />
)

const directions = { asc: "ascending", desc: "descending" } as const

interface HeadProps<Row extends RowData> extends Props<Row> {
  readonly table: Table<Row>
}

const Head = <Row extends RowData>({ bulk, columns, table }: HeadProps<Row>) => (
  <thead>
    <tr>
      {bulk && (
        <th class="select-cell">
          <Pick
            label={t.list.selectAll}
            isPicked={table.getIsAllRowsSelected()}
            isPartly={table.getIsSomeRowsSelected()}
            onChange={() => table.toggleAllRowsSelected()}
          />
        </th>
      )}
      {table.getFlatHeaders().map(({ column }, index) => {
        const [sorted, text] = [column.getIsSorted(), column.columnDef.header as string]
        return (
          <th
            key={column.id}
            scope="col"
            class={columns[index]?.class}
            aria-sort={sorted ? directions[sorted] : undefined}
          >
            {column.getCanSort() ? (
              <button type="button" onClick={() => column.toggleSorting()}>
                {text}
              </button>
            ) : (
              text
            )}
          </th>
        )
      })}
    </tr>
  </thead>
)

/** Whether a click is neither on a control nor the end of a selection of text. */
const isOnRow = ({ target }: MouseEvent) =>
  !(target instanceof Element && target.closest("a, button, input, label") !== null) &&
  getSelection()?.isCollapsed !== false

interface RowProps<Row extends RowData> extends Props<Row> {
  readonly row: TableRow<Row>
  readonly marked: string | undefined
  readonly open: (row: Row) => void
}

const Row = <Data extends RowData>({ columns, hrefOf, row, ...props }: RowProps<Data>) => (
  <tr
    data-marked={row.id === props.marked}
    data-link={hrefOf !== undefined}
    aria-current={row.id === props.current ? "true" : undefined}
    onClick={(event) => isOnRow(event) && props.open(row.original)}
  >
    {props.bulk && (
      <td class="select-cell">
        <Pick
          label={t.list.select(props.nameOf?.(row.original) ?? row.id)}
          isPicked={row.getIsSelected()}
          onChange={() => row.toggleSelected()}
        />
      </td>
    )}
    {columns.map(({ cell, class: look, id }, index) => (
      <td key={id} class={look}>
        {index === 0 && hrefOf ? <a href={hrefOf(row.original)}>{cell(row.original)}</a> : cell(row.original)}
      </td>
    ))}
  </tr>
)

/** A dense table with sorting, selection and keys. The server sorts. */
export const DataTable = <Row extends RowData>(props: Props<Row>) => {
  const { bulk, hrefOf } = props
  const table = useDataTable(props)
  const rows = table.getRowModel().rows
  const find = (key: string) => rows.find(({ id }) => id === key)
  const selected = Object.keys(table.state.rowSelection).filter((key) => find(key) !== undefined)
  const body = useRef<HTMLTableSectionElement>(null)
  const open = (row: Row | undefined) => row !== undefined && hrefOf !== undefined && navigate(hrefOf(row))
  const marked = useRowKeys({
    keys: () => rows.map(({ id }) => id),
    show: (index) => body.current?.rows[index]?.scrollIntoView({ block: "nearest" }),
    toggle: (key) => bulk && find(key)?.toggleSelected(),
    open: (key) => open(find(key)?.original)
  })
  if (rows.length === 0) return <>{props.children}</>
  return (
    <>
      {bulk && selected.length > 0 && <BulkBar bulk={bulk} ids={selected} clear={() => table.resetRowSelection()} />}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table scrolls, also by the keyboard */}
      <section class="table-scroll" tabIndex={0} aria-label={props.label}>
        <table>
          <Head {...props} table={table} />
          <tbody ref={body}>
            {rows.map((row) => (
              <Row key={row.id} {...props} row={row} marked={marked} open={open} />
            ))}
          </tbody>
        </table>
      </section>
    </>
  )
}
