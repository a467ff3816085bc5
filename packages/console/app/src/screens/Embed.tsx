import { Player } from "../player/Player.tsx"
import { useVideo } from "../state/oneVideo.ts"
import { route } from "../state/router.ts"
import { playedFrom } from "../state/video.ts"
import { t } from "../texts.ts"

/** Only the player, for the pages of others. */
export const Embed = () => {
  const { data, error, reload } = useVideo(route.value.id ?? "")
  return (
    <main class="embed">
      {data !== undefined && playedFrom(data) !== null ? (
        <Player video={data} reload={reload} />
      ) : (
        <p class="embed-note">{error?.message ?? (data === undefined ? t.list.loading : t.watch.notPlayable)}</p>
      )}
    </main>
  )
}
