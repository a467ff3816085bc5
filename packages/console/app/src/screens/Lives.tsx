import { useState } from "preact/hooks"
import { useVideoList } from "../state/videoList.ts"
import { t } from "../texts.ts"
import { Button } from "../ui/Button.tsx"
import { Empty } from "../ui/basic.tsx"
import { ScreenHead } from "../ui/ScreenHead.tsx"
import { LiveDialog } from "./LiveDialog.tsx"
import { VideoGrid } from "./VideoGrid.tsx"

const lives = { live: "true" } as const

/** All lives, on air and ended. */
export const Lives = () => {
  const [isStarting, setStarting] = useState(false)
  const list = useVideoList(lives)
  return (
    <>
      <ScreenHead title={t.screens.lives} count={list.total || undefined}>
        <Button look="primary" id="go-live" onClick={() => setStarting(true)}>
          {t.lives.start}
        </Button>
      </ScreenHead>
      {list.total === 0 && <Empty icon="lives" title={t.lives.empty} hint={t.lives.emptyHint} />}
      <VideoGrid list={list} isCompact={false} />
      {isStarting && <LiveDialog onClose={() => setStarting(false)} />}
    </>
  )
}
