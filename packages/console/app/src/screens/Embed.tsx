import { Player } from "../player/Player.tsx"
import { useVideo } from "../state/oneVideo.ts"
import { route } from "../state/router.ts"
import { playedFrom } from "../state/video.ts"
import { t } from "../texts.ts"

/** Only the player, for the pages of others. */
export const Embed = () => {
  const { data, error, reload } = useVideo(route.value.id ?? "")
  if (data !== undefined && playedFrom(data) !== null) {
    return (
      <main class="embed">
        <Player video={data} reload={reload} />
      </main>
    )
  }
  return (
    <main class="embed">
      <p class="embed-note">{error?.message ?? (data === undefined ? t.list.loading : t.watch.notPlayable)}</p>
    </main>
  )
}
