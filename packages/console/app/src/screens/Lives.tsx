import { useState } from "preact/hooks"
import { client } from "../api/client.ts"
import { navigate, watchUrl } from "../state/router.ts"
import { t } from "../texts.ts"
import { Empty } from "../ui/basic.tsx"
import { FormDialog } from "../ui/Dialog.tsx"
import { Icon } from "../ui/icons.tsx"
import { VideoGrid } from "./VideoGrid.tsx"

const LiveDialog = ({ onClose }: { readonly onClose: () => void }) => {
  const [isShown, setShown] = useState(false)
  const submit = async (element: HTMLFormElement, signal: AbortSignal) => {
    const given = new FormData(element)
    const title = String(given.get("title") ?? "").trim()
    const rtmpUrl = String(given.get("rtmpUrl") ?? "").trim()
    const live = { rtmpUrl, replay: given.has("replay"), ...(title === "" ? {} : { title }) }
    const { video } = await client.startLive({ body: live, signal })
    navigate(watchUrl(video.uuid))
  }
  return (
    <FormDialog title={t.lives.title} submit={t.lives.submit} onClose={onClose} onSubmit={submit}>
      <p class="hint">{t.lives.intro}</p>
      <div class="field">
        <label for="rtmp-url">{t.lives.url}</label>
        <div class="inline">
          <input
            id="rtmp-url"
            name="rtmpUrl"
            type={isShown ? "text" : "password"}
            required
            autofocus
            pattern="\s*rtmps?://.+"
            title={t.lives.urlTitle}
            placeholder="rtmp://…"
            autocomplete="off"
            autocapitalize="off"
            spellcheck={false}
            aria-describedby="rtmp-hint"
          />
          <button
            type="button"
            class="button icon-only"
            aria-label={t.lives.show}
            aria-pressed={isShown}
            onClick={() => setShown(!isShown)}
          >
            <Icon name="eye" />
          </button>
        </div>
        <small id="rtmp-hint">{t.lives.urlHint}</small>
      </div>
      <div class="field">
        <label for="live-name">{t.lives.name}</label>
        <input
          id="live-name"
          name="title"
          dir="auto"
          maxLength={500}
          placeholder={t.lives.optional}
          autocomplete="off"
        />
      </div>
      <label class="check">
        <input type="checkbox" name="replay" checked />
        <span>
          {t.lives.replay} <small>{t.lives.replayHint}</small>
        </span>
      </label>
    </FormDialog>
  )
}

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
