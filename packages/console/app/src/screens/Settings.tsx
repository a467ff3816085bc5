import { readSettings } from "../api/administration.ts"
import type { Setting } from "../api/documents.ts"
import { useResource } from "../state/resource.ts"
import { query } from "../state/router.ts"
import { t } from "../texts.ts"
import { Badge, Failure } from "../ui/basic.tsx"
import { DataTable } from "../ui/DataTable.tsx"
import { SearchField } from "../ui/SearchField.tsx"
import type { Column } from "../ui/table.ts"

const columns: ReadonlyArray<Column<Setting>> = [
  { id: "name", header: t.settings.name, class: "narrow-wrap", cell: ({ name }) => <code>{name}</code> },
  {
    id: "value",
    header: t.settings.value,
    class: "value",
    cell: ({ secret, value }) =>
      secret ? (
        <span class="faint">{t.settings.secret}</span>
      ) : value === null ? (
        <span class="faint">{t.settings.unset}</span>
      ) : (
        <code>{value}</code>
      )
  },
  {
    id: "origin",
    header: t.settings.origin,
    class: "secondary",
    cell: ({ origin }) => <Badge tone={origin === "environment" ? "busy" : "idle"}>{t.settings.origins[origin]}</Badge>
  },
  { id: "description", header: t.settings.description, class: "grow wrap secondary", cell: (one) => one.description }
]

/** The effective settings, read-only. */
export const Settings = () => {
  const { data, error } = useResource("settings", readSettings)
  const wanted = (query.value.get("q") ?? "").toLowerCase()
  const rows = (data?.settings ?? []).filter(({ description, name }) =>
    `${name} ${description ?? ""}`.toLowerCase().includes(wanted)
  )
  return (
    <>
      <header class="screen-head">
        <h1>{t.screens.settings}</h1>
      </header>
      <p class="hint">{t.settings.intro}</p>
      <div class="toolbar">
        <SearchField label={t.settings.filter} />
      </div>
      <Failure error={error} />
      <DataTable label={t.screens.settings} columns={columns} rows={rows} keyOf={({ name }) => name} />
    </>
  )
}
