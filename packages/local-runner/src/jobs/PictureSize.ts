/** Size in pixels. Both sides are even, as 4:2:0 requires. */
export interface PictureSize {
  readonly width: number
  readonly height: number
}

const even = (pixels: number): number => Math.max(2, 2 * Math.round(pixels / 2))

/** Returns the size for this aspect ratio with the given short side. */
export const sizeOf = (resolution: number, ratio: number): PictureSize => {
  const short = 2 * Math.ceil(resolution / 2)
  return ratio < 1 ? { width: short, height: even(short / ratio) } : { width: even(short * ratio), height: short }
}

/** Returns filters that fit a picture of this ratio into a frame, with black bars where needed. */
export const fitting = ({ height, width }: PictureSize, ratio: number): ReadonlyArray<string> => {
  const inner = { width: Math.min(width, even(height * ratio)), height: Math.min(height, even(width / ratio)) }
  const isFilled = width - inner.width <= 2 && height - inner.height <= 2
  return isFilled
    ? [`scale=${width}:${height}`]
    : [`scale=${inner.width}:${inner.height}`, `pad=${width}:${height}:(ow-iw)/2:(oh-ih)/2`]
}
