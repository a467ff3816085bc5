import { useState } from "preact/hooks"
import { t } from "../texts.ts"
import { Empty } from "../ui/basic.tsx"
import { LiveDialog } from "./LiveDialog.tsx"
import { VideoGrid } from "./VideoGrid.tsx"

const lives = { live: "true" } as const

/** All lives, on air and ended. */
export const Lives = () => {
  const [isStarting, setStarting] = useState(false)
  const [total, setTotal] = useState<number>()
  return (
    <>
      <header class="screen-head">
        <h1>{t.screens.lives}</h1>
        <span class="count">{total ? total.toLocaleString(t.language) : ""}</span>
        <button type="button" class="button primary" id="go-live" onClick={() => setStarting(true)}>
          {t.lives.start}
        </button>
      </header>
      {total === 0 ? (
        <Empty icon="lives" title={t.lives.empty}>
          <p>{t.lives.emptyHint}</p>
        </Empty>
      ) : null}
      <VideoGrid query={lives} isCompact={false} onTotal={setTotal} />
      {isStarting ? <LiveDialog onClose={() => setStarting(false)} /> : null}
    </>
  )
}
