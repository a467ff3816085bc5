import { Array as Arr, Effect, Order } from "effect"
import { type MediaReport, namesOf } from "../../domain/video/MediaReport.ts"
import type { Video } from "../../domain/video/Video.ts"
import { MediaReportStore } from "../MediaReportStore.ts"
import { jsonCopy, type MemoryState } from "./MemoryState.ts"

const byName = Order.mapInput(Order.string, ({ name }: MediaReport) => name)

/** The reports of each video by name. */
export const make = ({ reports }: Pick<MemoryState, "reports">): MediaReportStore["Type"] =>
  MediaReportStore.of({
    ofVideo: (id) => Effect.sync(() => Arr.sort(reports.get(id)?.values() ?? [], byName))
  })

/** The reports of the video after a write: the given ones replace others of their names, and those of lost files go. */
export const reportsAfter = (
  { reports }: Pick<MemoryState, "reports">,
  video: Pick<Video, "id" | "files" | "webVideos">,
  added: ReadonlyArray<MediaReport>
): ReadonlyMap<string, MediaReport> => {
  const names = namesOf(video)
  const all = [...(reports.get(video.id)?.values() ?? []), ...added.map((one) => jsonCopy(one) as MediaReport)]
  return new Map(all.filter(({ name }) => names.has(name)).map((one) => [one.name, one]))
}
