import type { ComponentChildren } from "preact"
import { useRef } from "preact/hooks"
import { navigate } from "../state/router.ts"
import { type Term, t } from "../texts.ts"
import { type Bulk, BulkBar } from "./Bulk.tsx"
import { useRowKeys, useSelection } from "./rows.ts"

export interface Column<Row> {
  /** The name of the column, and the one by which the server sorts. `actions` shows none. */
  readonly id: Term | "actions"
  readonly cell: (row: Row) => ComponentChildren
  /** Whether the server can sort by it. */
  readonly isSortable?: boolean
  /** `grow` takes the space that is left, `number` aligns to the end, `secondary` is left out on narrow screens. */
  readonly class?: string
}

interface Props<Row> {
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
  /** Shown when there are no rows. */
  readonly children?: ComponentChildren
}

const Heading = <Row,>({ column, onSort, sort }: Props<Row> & { readonly column: Column<Row> }) => {
  const { id, isSortable } = column
  const text = id === "actions" ? "" : t.terms[id]
  const direction = sort === id ? "ascending" : sort === `-${id}` ? "descending" : undefined
  return (
    <th scope="col" class={column.class} aria-sort={direction}>
      {isSortable ? (
        <button type="button" onClick={() => onSort?.(sort === id ? `-${id}` : id)}>
          {text}
        </button>
      ) : (
        text
      )}
    </th>
  )
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

/** Whether a click is neither on a control nor the end of a selection of text. */
const isOnRow = ({ target }: MouseEvent) =>
  !(target instanceof Element && target.closest("a, button, input, label") !== null) &&
  getSelection()?.isCollapsed !== false

interface RowProps<Row> extends Props<Row> {
  readonly row: Row
  readonly marked: string | undefined
  readonly selected: ReadonlyArray<string>
  readonly open: (row: Row) => void
  readonly toggle: (key: string) => void
}

const Row = <Data,>({ columns, hrefOf, row, ...props }: RowProps<Data>) => {
  const key = props.keyOf(row)
  return (
    <tr
      data-marked={key === props.marked}
      data-link={hrefOf !== undefined}
      aria-current={key === props.current ? "true" : undefined}
      onClick={(event) => isOnRow(event) && props.open(row)}
    >
      {props.bulk && (
        <td class="select-cell">
          <Pick
            label={t.list.select(props.nameOf?.(row) ?? key)}
            isPicked={props.selected.includes(key)}
            onChange={() => props.toggle(key)}
          />
        </td>
      )}
      {columns.map((column, index) => (
        <td key={column.id} class={column.class}>
          {index === 0 && hrefOf ? <a href={hrefOf(row)}>{column.cell(row)}</a> : column.cell(row)}
        </td>
      ))}
    </tr>
  )
}

interface HeadProps<Row> extends Props<Row> {
  readonly selected: ReadonlyArray<string>
  readonly set: (keys: ReadonlyArray<string>) => void
}

const Head = <Row,>({ selected, set, ...props }: HeadProps<Row>) => {
  const isWhole = selected.length === props.rows.length
  const toggle = () => set(isWhole ? [] : props.rows.map(props.keyOf))
  return (
    <thead>
      <tr>
        {props.bulk && (
          <th class="select-cell">
            <Pick
              label={t.list.selectAll}
              isPicked={isWhole}
              isPartly={!isWhole && selected.length > 0}
              onChange={toggle}
            />
          </th>
        )}
        {props.columns.map((column) => (
          <Heading key={column.id} {...props} column={column} />
        ))}
      </tr>
    </thead>
  )
}

/** A dense table with sorting, selection and keys. The server sorts. */
export const DataTable = <Row,>(props: Props<Row>) => {
  const { bulk, hrefOf, keyOf, rows } = props
  const { keys: chosen, set, toggle } = useSelection()
  const keys = rows.map(keyOf)
  const selected = chosen.filter((key) => keys.includes(key))
  const body = useRef<HTMLTableSectionElement>(null)
  const open = (row: Row | undefined) => row !== undefined && hrefOf !== undefined && navigate(hrefOf(row))
  const marked = useRowKeys({
    keys: () => keys,
    show: (index) => body.current?.rows[index]?.scrollIntoView({ block: "nearest" }),
    toggle: (key) => bulk && toggle(key),
    open: (key) => open(rows[keys.indexOf(key)])
  })
  if (rows.length === 0) return <>{props.children}</>
  const shared = { ...props, marked, open, selected, toggle }
  return (
    <>
      {bulk && selected.length > 0 && <BulkBar bulk={bulk} ids={selected} clear={() => set([])} />}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table scrolls, also by the keyboard */}
      <section class="table-scroll" tabIndex={0} aria-label={props.label}>
        <table>
          <Head {...props} selected={selected} set={set} />
          <tbody ref={body}>
            {rows.map((row) => (
              <Row key={keyOf(row)} {...shared} row={row} />
            ))}
          </tbody>
        </table>
      </section>
    </>
  )
}
