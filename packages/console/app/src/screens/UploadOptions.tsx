import { signal } from "@preact/signals"
import { useState } from "preact/hooks"
import { client } from "../api/client.ts"
import { t } from "../texts.ts"
import { Check, Field } from "../ui/Field.tsx"
import type { Fields } from "../upload/transfer.ts"

type Flag = "webVideos" | "splitAudio" | "keepSource"
type Plan = Readonly<Record<Flag, boolean>>

const flags: ReadonlyArray<readonly [Flag, text: string, hint: string]> = [
  ["webVideos", t.upload.webVideos, t.upload.webVideosHint],
  ["splitAudio", t.upload.splitAudio, t.upload.splitAudioHint],
  ["keepSource", t.upload.keepSource, t.upload.keepSourceHint]
]

/** The options that the user has set. The server's defaults apply to all others. */
const touched = signal<Partial<Plan>>({})
const picture = signal<File | undefined>(undefined)

const SOUND = /\.(?:aac|aif+|flac|m4a|mka|mp3|oga|ogg|opus|wav|wma)$/i
const isSound = ({ name, type }: File) => type.startsWith("audio/") || (type === "" && SOUND.test(name))

/** The options for a file, as fields of the upload. */
export const fieldsFor = (file: File): Fields => {
  const fields: Fields = Object.entries(touched.value).map(([name, value]) => [name, `${value}`] as const)
  const image = picture.value
  return image === undefined || !isSound(file) ? fields : [...fields, ["previewFile", image]]
}

/** The options for all files that are uploaded from now on. */
export const UploadOptions = () => {
  const [defaults, setDefaults] = useState<Partial<Plan>>({ keepSource: true })
  const count = Object.keys(touched.value).length + (picture.value === undefined ? 0 : 1)
  const showDefaults = () =>
    void client.getAccess().then(
      ({ plan }) => setDefaults(plan),
      () => undefined
    )
  return (
    <details class="options" onToggle={(event) => event.currentTarget.open && showDefaults()}>
      <summary>
        {t.upload.options} {count > 0 && <span class="count">{t.upload.set(count)}</span>}
      </summary>
      <div class="options-body">
        <p class="hint">{t.upload.scope}</p>
        {flags.map(([name, label, hint]) => (
          <Check
            key={name}
            name={name}
            label={label}
            hint={hint}
            checked={touched.value[name] ?? defaults[name] ?? false}
            onChange={({ currentTarget: { checked } }) => {
              touched.value = { ...touched.value, [name]: checked }
            }}
          />
        ))}
        <Field
          label={t.upload.picture}
          hint={t.upload.pictureHint}
          type="file"
          accept="image/jpeg,image/png"
          onChange={({ currentTarget: { files } }) => {
            picture.value = files?.[0]
          }}
        />
      </div>
    </details>
  )
}
