import { Array as Arr, Either } from "effect"
import * as Clip from "./Clip.ts"
import { JobFailed } from "./JobType.ts"
import { horizontalMargin, type StudioTask, type Watermark } from "./StudioPayload.ts"

/** A task with the input that its file became. */
export type Edit =
  | { readonly kind: "keep"; readonly spans: (duration: number) => ReadonlyArray<Clip.Span> }
  | { readonly kind: "before" | "after"; readonly source: Clip.ClipSource }
  | { readonly kind: "over"; readonly watermark: Watermark; readonly input: number; readonly stream: number }

type Cutting = Extract<StudioTask, { name: "cut" | "remove-segments" }>

/** Returns the spans that a task keeps of a clip of this duration. */
export const leftBy = (task: Cutting): ((duration: number) => ReadonlyArray<Clip.Span>) => {
  if (task.name === "cut") {
    const { end = Number.POSITIVE_INFINITY, start = 0 } = task.options
    return (duration) => [{ start, end: Math.min(end, duration) }]
  }
  const removed = task.options.segments.filter(({ end, start }) => start < end).sort((a, b) => a.start - b.start)
  return (duration) => {
    const starts = [0, ...removed.map((_, index) => Math.max(...removed.slice(0, index + 1).map(({ end }) => end)))]
    return starts.map((start, index) => ({ start, end: Math.min(removed[index]?.start ?? duration, duration) }))
  }
}

const nothingLeft = () => new JobFailed({ message: "The tasks remove the whole video" })

/** The watermark is placed in the upper right corner. Its margins are shares of the height as well. */
const overlayOf = (watermark: Watermark, { height, width }: Clip.Frame): Clip.Overlay => ({
  box: { width, height: Math.max(1, Math.round(height * watermark.watermarkSizeRatio)) },
  right: Math.round(height * horizontalMargin(watermark)),
  top: Math.round(height * watermark.verticalMarginRatio)
})

const apply = (clip: Clip.Clip, edit: Edit, frame: Clip.Frame, id: string): Either.Either<Clip.Clip, JobFailed> => {
  switch (edit.kind) {
    case "keep": {
      const spans = edit.spans(clip.duration).filter(({ end, start }) => end - start > 1 / frame.fps)
      return Arr.isNonEmptyReadonlyArray(spans) ? Either.right(Clip.keep(clip, spans, id)) : Either.left(nothingLeft())
    }
    case "before":
      return Either.right(Clip.join([Clip.fromSource(edit.source, frame, `${id}_file`), clip], id))
    case "after":
      return Either.right(Clip.join([clip, Clip.fromSource(edit.source, frame, `${id}_file`)], id))
    case "over":
      return Either.right(Clip.overlay(clip, edit, overlayOf(edit.watermark, frame), id))
  }
}

/**
 * Builds one filter graph for all edits of a video, so that it is encoded once. Each edit applies to the result of the
 * previous ones.
 */
export const editAll = (
  main: Clip.ClipSource,
  edits: ReadonlyArray<Edit>,
  frame: Clip.Frame
): Either.Either<Clip.Clip, JobFailed> =>
  edits.reduce<Either.Either<Clip.Clip, JobFailed>>(
    (done, edit, index) => Either.flatMap(done, (clip) => apply(clip, edit, frame, `${index}`)),
    Either.right(Clip.fromSource(main, frame, "_main"))
  )
