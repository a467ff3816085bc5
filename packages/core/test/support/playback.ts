import { Context, Effect, Layer, Option, Redacted, Stream } from "effect"
import { Language } from "../../src/domain/captions/Languages.ts"
import { FileKey } from "../../src/domain/FileKey.ts"
import type { Video } from "../../src/domain/video/Video.ts"
import { FileStorage } from "../../src/ports/FileStorage.ts"
import { type Delivery, MediaDelivery } from "../../src/ports/MediaDelivery.ts"
import { layerOpen, type PlaybackAccess } from "../../src/ports/PlaybackAccess.ts"
import { layerSigned } from "../../src/ports/SignedPlayback.ts"
import { VideoStore } from "../../src/ports/VideoStore.ts"
import * as VideoFiles from "../../src/usecases/playback/VideoFiles.ts"
import { aFile, aJob, aVideo, uuid } from "../domain/fixtures.ts"
import { makeWorld } from "./World.ts"

export const key = (name: string) => FileKey.make(`videos/cat/${name}`)
export const names = {
  master: `${uuid(6)}-master.m3u8`,
  playlist: `${uuid(1)}-480.m3u8`,
  media: `${uuid(1)}-480-fragmented.mp4`,
  caption: `${uuid(3)}-caption.vtt`,
  captions: `${uuid(3)}-caption.m3u8`,
  picture: `${uuid(4)}-storyboard.jpg`,
  track: `${uuid(4)}-storyboard.vtt`
}
const size = { width: 1, height: 1 }
const storyboard = { sprite: size, grid: size, interval: 1, total: 1, duration: 3 }

export const video = aVideo({
  files: [aFile(1)],
  captions: [
    {
      ...{ language: Language.make("en"), label: "English", automatic: true },
      ...{ key: key(names.caption), playlistKey: key(names.captions) }
    }
  ],
  storyboard: Option.some({ storyboard, key: key(names.picture), trackKey: key(names.track) }),
  playlistKey: Option.some(key(names.master))
})

export const texts: Readonly<Record<string, string>> = {
  [names.master]: `#EXTM3U\n#EXT-X-MEDIA:TYPE=SUBTITLES,URI="${names.captions}"\n#EXT-X-STREAM-INF:BANDWIDTH=1\n${names.playlist}\n`,
  [names.playlist]: `#EXTM3U\n#EXT-X-MAP:URI="${names.media}",BYTERANGE="3@0"\n#EXTINF:2,\n#EXT-X-BYTERANGE:7@3\n${names.media}\n`,
  [names.captions]: `#EXTM3U\n#EXTINF:2,\n${names.caption}\n`,
  [names.track]: `WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n${names.picture}#xywh=0,0,1,1\n`,
  [names.media]: "0123456789",
  [names.caption]: `WEBVTT\n\n00:00.000 --> 00:01.000\n${names.media}\n`,
  [names.picture]: "a picture"
}

interface Scene {
  readonly video?: Video
  readonly texts?: Readonly<Record<string, string>>
  readonly access?: Layer.Layer<PlaybackAccess, unknown>
  readonly delivery?: Delivery
}

/** The files of a stored video, and their storage. */
export const aScene = ({ access = layerOpen, delivery, texts: given = texts, video: one = video }: Scene) =>
  Effect.gen(function* () {
    const { ports } = yield* makeWorld
    const storage = Context.get(ports, FileStorage)
    const videos = Context.get(ports, VideoStore)
    const write = (name: string, text: string) => storage.write(key(name), Stream.make(new TextEncoder().encode(text)))
    for (const [name, text] of Object.entries(given)) yield* write(name, text)
    const stored = yield* videos.insert(one, [aJob({ videoId: Option.some(one.id) })])
    const delivered = delivery === undefined ? Layer.empty : Layer.succeed(MediaDelivery, delivery)
    const layer = VideoFiles.layer.pipe(
      Layer.provide(Layer.orDie(access)),
      Layer.provide(delivered),
      Layer.provide(Layer.succeedContext(ports))
    )
    const files = Context.get(yield* Layer.build(layer), VideoFiles.VideoFiles)
    const open = (name: string, query = "", id = one.id) =>
      files.open({ video: id, name, request: new Request(`https://a/b?${query}`), clientAddress: Option.none() })
    const content = (name: string, query = "") =>
      Effect.flatMap(open(name, query), (opened) =>
        opened._tag === "Here" ? Effect.succeed(opened.content) : Effect.dieMessage(`${name} is elsewhere`)
      )
    const text = (name: string, query = "") =>
      Effect.flatMap(content(name, query), ({ read }) => Stream.mkString(Stream.decodeText(read())))
    const urls = Effect.map(files.urls(stored, { base: "https://media.example/playback" }), ({ master, of }) => ({
      master,
      of: (name: string) => new URL(of(key(name)))
    }))
    return { files, stored, videos, storage, write, open, content, text, urls, origins: files.origins }
  })

export const signed = layerSigned({ secrets: [Redacted.make("a secret of at least 32 characters")] })
