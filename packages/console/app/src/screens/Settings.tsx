import { client } from "../api/client.ts"
import type { Setting } from "../api/documents.ts"
import { useResource } from "../state/resource.ts"
import { param } from "../state/router.ts"
import { t } from "../texts.ts"
import { Badge, Empty } from "../ui/basic.tsx"
import { type Column, DataTable } from "../ui/DataTable.tsx"
import { Loaded } from "../ui/Loaded.tsx"
import { ScreenHead } from "../ui/ScreenHead.tsx"
import { SearchField } from "../ui/SearchField.tsx"

const Value = ({ of: { secret, value } }: { readonly of: Setting }) =>
  secret || value === null ? (
    <span class="faint">{secret ? t.settings.secret : t.settings.unset}</span>
  ) : (
    <code>{value}</code>
  )

const Origin = ({ of: { origin } }: { readonly of: Setting }) => (
  <Badge tone={origin === "environment" ? "busy" : "idle"}>{t.settings.origins[origin]}</Badge>
)

const columns: ReadonlyArray<Column<Setting>> = [
  { id: "name", class: "narrow-wrap", cell: ({ name }) => <code>{name}</code> },
  { id: "value", class: "value", cell: (setting) => <Value of={setting} /> },
  { id: "origin", class: "secondary", cell: (setting) => <Origin of={setting} /> },
  { id: "description", class: "grow wrap secondary", cell: ({ description }) => description }
]

/** The effective settings, read-only. */
export const Settings = () => {
  const settings = useResource("settings", (signal) => client.getSettings({ signal }))
  const wanted = param("q").toLowerCase()
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
          >
            <Empty icon="search" title={t.list.nothing} />
          </DataTable>
        )}
      </Loaded>
    </>
  )
}
