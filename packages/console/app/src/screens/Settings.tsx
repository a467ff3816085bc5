import { client } from "../api/client.ts"
import type { Setting } from "../api/documents.ts"
import { useResource } from "../state/resource.ts"
import { query } from "../state/router.ts"
import { t } from "../texts.ts"
import { Badge } from "../ui/basic.tsx"
import { DataTable } from "../ui/DataTable.tsx"
import { Loaded } from "../ui/Loaded.tsx"
import { ScreenHead } from "../ui/ScreenHead.tsx"
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
  const settings = useResource("settings", (signal) => client.getSettings({ signal }))
  const wanted = (query.value.get("q") ?? "").toLowerCase()
  const matches = ({ description, name }: Setting) => `${name} ${description ?? ""}`.toLowerCase().includes(wanted)
  return (
    <>
      <ScreenHead title={t.screens.settings} />
      <p class="hint">{t.settings.intro}</p>
      <div class="toolbar">
        <SearchField label={t.settings.filter} />
      </div>
      <Loaded of={settings}>
        {(data) => (
          <DataTable
            label={t.screens.settings}
            columns={columns}
            rows={data.settings.filter(matches)}
            keyOf={({ name }) => name}
          />
        )}
      </Loaded>
    </>
  )
}
