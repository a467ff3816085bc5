import { useState } from "preact/hooks"
import type { Video } from "../api/documents.ts"
import { type Part, STEP } from "../state/edit.ts"
import { clockTenths } from "../state/format.ts"
import { t } from "../texts.ts"
import { Filmstrip } from "./Filmstrip.tsx"
import { PartPreview } from "./PartPreview.tsx"

interface Props {
  readonly video: Video
  readonly part: Part
  readonly whole: Part
  /** Returns the time that was possible. */
  readonly onMove: (name: keyof Part, seconds: number) => number
}

const Time = (props: Omit<Props, "video"> & { readonly name: keyof Part; readonly label: string }) => {
  const { label, name, onMove, part, whole } = props
  return (
    <label>
      {label}{" "}
      <input
        name={name}
        type="number"
        inputMode="decimal"
        min={0}
        max={whole.end}
        step={STEP}
        value={part[name].toFixed(1)}
        onChange={({ currentTarget }) => {
          currentTarget.value = onMove(name, currentTarget.valueAsNumber).toFixed(1)
        }}
      />
    </label>
  )
}

/** Chooses the part of a video to keep: on its pictures, by keys, or by numbers. */
export const PartField = ({ onMove, part, video, whole }: Props) => {
  const [moved, setMoved] = useState<keyof Part>("start")
  const move = (name: keyof Part, seconds: number) => {
    setMoved(name)
    return onMove(name, seconds)
  }
  return (
    <fieldset class="field">
      <legend>{t.edit.range}</legend>
      <PartPreview video={video} part={part} moved={moved} />
      <Filmstrip trackUrl={video.storyboard?.trackUrl} part={part} duration={whole.end} onMove={move} />
      <div class="inline">
        <Time name="start" label={t.edit.from} part={part} whole={whole} onMove={move} />
        <Time name="end" label={t.edit.to} part={part} whole={whole} onMove={move} />
        <output class="kept" name="kept">
          {t.edit.keeps(clockTenths(part.end - part.start), clockTenths(whole.end))}
        </output>
      </div>
      <small>{t.edit.keys}</small>
    </fieldset>
  )
}
