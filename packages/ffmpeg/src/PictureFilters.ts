/**
 * Filters that convert camera footage to standard video (progressive, BT.709). They are part of every FFmpeg build and
 * need neither zimg nor a GPU.
 */

/** The transfer functions of HDR video, by their ffprobe names: PQ (HDR10, Dolby Vision) and HLG. */
export type HdrTransfer = "smpte2084" | "arib-std-b67"

/** Returns the HDR transfer function reported by ffprobe, if there is one. */
export const hdrTransfer = (name: string | undefined): HdrTransfer | undefined =>
  name === "smpte2084" || name === "arib-std-b67" ? name : undefined

/** Luminance in candelas per square metre that maps to SDR white. Few films exceed it. */
const PEAK_NITS = 1000

/**
 * Luminance of diffuse white in HDR, in candelas per square metre. Maps to about 84 % of the SDR signal (ITU-R
 * BT.2408).
 */
const WHITE_NITS = 203

/** The peak luminance as a multiple of diffuse white. */
const PEAK = PEAK_NITS / WHITE_NITS

/** Brightness stays unchanged up to this multiple of diffuse white. A Möbius curve compresses higher values. */
const KNEE = 0.3

const SCREEN_GAMMA = 2.2

/** The input value of a table, normalised to 0..1. */
const SIGNAL = "(val/maxval)"

/** Converts a PQ signal (SMPTE ST 2084) to linear light as a fraction of the peak. Signal 1 is 10,000 nits. */
const pqLight = (): string => {
  const power = `pow(${SIGNAL},1/78.84375)`
  return `pow(max(${power}-0.8359375,0)/(18.8515625-18.6875*${power}),1/0.1593017578125)*${10_000 / PEAK_NITS}`
}

/**
 * Converts an HLG signal (ITU-R BT.2100) to linear light as a fraction of the peak, with the gamma of a 1000 nit
 * screen.
 */
const hlgLight = (): string =>
  `pow(if(lte(${SIGNAL},0.5),${SIGNAL}*${SIGNAL}/3,(exp((${SIGNAL}-0.55991073)/0.17883277)+0.28466892)/12),1.2)`

const light: Readonly<Record<HdrTransfer, () => string>> = { smpte2084: pqLight, "arib-std-b67": hlgLight }

/** Converts linear light as a fraction of the peak to the signal of an SDR screen. */
const screenSignal = (): string => {
  const a = (-KNEE * KNEE * (PEAK - 1)) / (KNEE * KNEE - 2 * KNEE + PEAK)
  const b = (KNEE * KNEE - 2 * KNEE * PEAK + PEAK) / (PEAK - 1)
  const scale = (b + KNEE) ** 2 / (b - a)
  const value = `(${SIGNAL}*${PEAK.toFixed(6)})`
  const compressed = `${scale.toFixed(6)}*(${value}+${a.toFixed(6)})/(${value}+${b.toFixed(6)})`
  return `pow(if(lte(${value},${KNEE}),${value},${compressed}),1/${SCREEN_GAMMA})`
}

/** Applies the same table to red, green and blue. */
const table = (expression: string): string => {
  const clipped = `'maxval*min(1,${expression})'`
  return `lutrgb=r=${clipped}:g=${clipped}:b=${clipped}`
}

/** Converts linear light from BT.2020 primaries to BT.709 primaries. */
const PRIMARIES =
  "colorchannelmixer=rr=1.6605:rg=-0.5876:rb=-0.0728:gr=-0.1246:gg=1.1329:gb=-0.0083:br=-0.0182:bg=-0.1006:bb=1.1187"

/**
 * Converts HDR to the brightness and colours of an SDR screen, and tags the result as BT.709 with 8 bits, 4:2:0. The
 * filters cost little after a scaler that reduces the picture. Returns no filters for SDR.
 */
export const toneMapping = (transfer: HdrTransfer | undefined): ReadonlyArray<string> =>
  transfer === undefined
    ? []
    : [
        ...["scale=in_color_matrix=bt2020", "format=gbrp16le"],
        ...[table(light[transfer]()), PRIMARIES, table(screenSignal())],
        ...["scale=out_color_matrix=bt709:out_range=tv", "format=yuv420p"],
        "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709"
      ]

/** Combines two fields into one frame. Frames marked as progressive pass unchanged. */
export const deinterlacing = (isInterlaced: boolean): ReadonlyArray<string> =>
  isInterlaced ? ["bwdif=mode=send_frame:deint=interlaced"] : []
