import { useEffect, useState } from "preact/hooks"
import { client } from "../api/client.ts"
import type { BodyOf, Video } from "../api/documents.ts"
import { shareUrl } from "../api/videos.ts"
import { Player } from "../player/Player.tsx"
import { size } from "../state/format.ts"
import { attempt } from "../state/news.ts"
import { useVideo } from "../state/oneVideo.ts"
import { route, to } from "../state/router.ts"
import { isSettled, playedFrom, resolutionName, summaryOf, titleOf } from "../state/video.ts"
import { t } from "../texts.ts"
import { Copyable, Empty, Facts, Tags, Time } from "../ui/basic.tsx"
import { Icon } from "../ui/icons.tsx"
import { Urgency } from "../ui/Urgency.tsx"
import { RenditionList } from "./RenditionList.tsx"
import { VideoActions } from "./VideoActions.tsx"
import { Failures, Thumbnail, VideoProgress, VideoState } from "./VideoCard.tsx"

interface Props {
  readonly video: Video
  readonly onChange: () => Promise<void>
}

const change = async ({ onChange, video }: Props, body: BodyOf<"changeVideo">): Promise<void> => {
  await client.changeVideo({ params: { uuid: video.uuid }, body })
  await onChange()
}

const Title = (props: Props) => {
  const { video } = props
  const [text, setText] = useState<string>()
  const save = async () => {
    const title = text?.trim()
    setText(undefined)
    if (title === undefined || title === titleOf(video)) return
    await attempt(() => change(props, { title: title === "" ? null : title }))
  }
  return (
    <h1 class="watch-title">
      <input
        aria-label={t.terms.title}
        value={text ?? titleOf(video)}
        dir="auto"
        maxLength={500}
        spellcheck={false}
        onInput={(event) => setText(event.currentTarget.value)}
        onBlur={save}
        onKeyDown={(event) => {
          if (event.key === "Enter") event.currentTarget.blur()
          if (event.key === "Escape") setText(undefined)
        }}
      />
    </h1>
  )
}

const downloadsOf = (video: Video) => {
  const title = titleOf(video).replace(/\.\w{1,4}$/, "")
  const files = video.webVideos.toSorted((a, b) => b.resolution - a.resolution)
  return [
    ...files.map(({ height, resolution, size: bytes, url, width }) => ({
      url: url ?? "",
      name: `${resolutionName(resolution)} MP4`,
      fileName: `${title}-${resolutionName(resolution)}.mp4`,
      about: [...(width > 0 ? [`${width} × ${height}`] : []), size(bytes)].join(" · ")
    })),
    ...video.captions.map(({ automatic, label, language, url }) => ({
      url: url ?? "",
      name: t.watch.captionsFile(label),
      fileName: `${title}-${language}.vtt`,
      about: automatic ? `WebVTT · ${t.watch.automatic}` : "WebVTT"
    }))
  ]
}

const Downloads = ({ video }: { readonly video: Video }) => {
  const files = downloadsOf(video)
  if (files.length === 0 && video.playlistUrl === null) return null
  return (
    <section class="card-box">
      <h2>{t.watch.downloads}</h2>
      <ul class="downloads">
        {files.map(({ about, fileName, name, url }) => (
          <li key={url}>
            <a href={url} download={fileName}>
              {name}
            </a>
            <span class="faint">{about}</span>
          </li>
        ))}
        {video.playlistUrl && (
          <li>
            <a href={video.playlistUrl} target="_blank" rel="noreferrer">
              {t.watch.playlist}
            </a>
            <span class="faint">M3U8</span>
          </li>
        )}
      </ul>
    </section>
  )
}

const Share = ({ video }: { readonly video: Video }) => {
  const url = shareUrl(video.uuid)
  const embed = `<iframe src="${url}/embed" width="640" height="360" allow="autoplay; fullscreen; picture-in-picture" allowfullscreen></iframe>`
  return (
    <section class="card-box">
      <h2>{t.watch.share}</h2>
      <Copyable label={t.watch.link} text={url} />
      <Copyable label={t.watch.embed} text={embed} />
    </section>
  )
}

const Details = (props: Props) => {
  const { chunking, createdAt, externalId, fileName, labels, priority, tenant, uuid } = props.video
  const setUrgency = (priority: number) => change(props, { priority })
  return (
    <section class="card-box">
      <h2>{t.watch.details}</h2>
      <Facts
        of={{
          id: <code>{uuid}</code>,
          createdAt: <Time at={createdAt} />,
          urgency: <Urgency value={priority} canChange={!isSettled(props.video)} change={setUrgency} />,
          file: fileName && <span dir="auto">{fileName}</span>,
          externalId: externalId && <code>{externalId}</code>,
          tenant,
          labels: labels.length > 0 ? <Tags labels={labels} /> : null,
          chunking: chunking?.reason
        }}
      />
    </section>
  )
}

const Page = ({ onChange, video }: Props) => (
  <div class="watch">
    <div class="watch-main">
      {playedFrom(video) === null ? (
        <div class="not-playable">
          <Thumbnail video={video} />
          <p>{t.watch.notPlayable}</p>
        </div>
      ) : (
        <Player key={video.uuid} video={video} reload={onChange} />
      )}
      <Title video={video} onChange={onChange} />
      <p class="watch-meta">
        <VideoState video={video} />
        <Failures video={video} />
        <span data-summary>{summaryOf(video)}</span>
      </p>
      <VideoActions video={video} onChange={onChange} />
      <VideoProgress video={video} />
    </div>
    <div class="watch-side">
      <section class="card-box">
        <h2>{t.watch.renditions}</h2>
        <RenditionList video={video} />
        <a class="card-more" href={`${to("jobs")}?video=${video.uuid}`}>
          {t.watch.jobs}
        </a>
      </section>
      <Downloads video={video} />
      <Share video={video} />
      <Details video={video} onChange={onChange} />
    </div>
  </div>
)

/** The page of one video. */
export const Watch = () => {
  const { data, error, reload } = useVideo(route.value.id ?? "")
  const title = data === undefined ? t.screens.videos : titleOf(data)
  useEffect(() => {
    document.title = `${title} · ${t.name}`
  }, [title])
  return (
    <>
      <a class="back" href={to("videos")}>
        <Icon name="back" /> {t.screens.videos}
      </a>
      {data && <Page video={data} onChange={reload} />}
      {!data && !error && <p class="loading">{t.list.loading}</p>}
      {!data && error && <Empty icon="videos" title={error.message} />}
    </>
  )
}
