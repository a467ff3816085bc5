/**
 * Filters that make an ordinary picture (progressive, BT.709) of what cameras record. Every FFmpeg has them: neither
 * zimg nor a GPU is needed.
 */

/** The transfer functions of HDR video, as ffprobe names them: PQ (HDR10, Dolby Vision) and HLG. */
export type HdrTransfer = "smpte2084" | "arib-std-b67"

/** The HDR transfer function that ffprobe names, if it is one. */
export const hdrTransfer = (name: string | undefined): HdrTransfer | undefined =>
  name === "smpte2084" || name === "arib-std-b67" ? name : undefined

/** Candelas per square metre that become the whitest white. Few films go beyond. */
const PEAK_NITS = 1000

/** Those of white paper in HDR, which becomes about 84 % of the SDR signal (ITU-R BT.2408). */
const WHITE_NITS = 203

/** In multiples of white paper. */
const PEAK = PEAK_NITS / WHITE_NITS

/** Up to here, in the same multiples, brightness stays as it is. Above, a Möbius curve compresses it. */
const KNEE = 0.3

const SCREEN_GAMMA = 2.2

/** A value of a table in 0..1. */
const SIGNAL = "(val/maxval)"

/** Light in parts of the peak: SMPTE ST 2084, whose signal 1 stands for 10,000 nits. */
const pqLight = (): string => {
  const power = `pow(${SIGNAL},1/78.84375)`
  return `pow(max(${power}-0.8359375,0)/(18.8515625-18.6875*${power}),1/0.1593017578125)*${10_000 / PEAK_NITS}`
}

/** Light in parts of the peak: ITU-R BT.2100, with the gamma of a screen of 1000 nits. */
const hlgLight = (): string =>
  `pow(if(lte(${SIGNAL},0.5),${SIGNAL}*${SIGNAL}/3,(exp((${SIGNAL}-0.55991073)/0.17883277)+0.28466892)/12),1.2)`

const light: Readonly<Record<HdrTransfer, () => string>> = { smpte2084: pqLight, "arib-std-b67": hlgLight }

/** The signal of an SDR screen for light in parts of the peak. */
const screenSignal = (): string => {
  const a = (-KNEE * KNEE * (PEAK - 1)) / (KNEE * KNEE - 2 * KNEE + PEAK)
  const b = (KNEE * KNEE - 2 * KNEE * PEAK + PEAK) / (PEAK - 1)
  const scale = (b + KNEE) ** 2 / (b - a)
  const value = `(${SIGNAL}*${PEAK.toFixed(6)})`
  const compressed = `${scale.toFixed(6)}*(${value}+${a.toFixed(6)})/(${value}+${b.toFixed(6)})`
  return `pow(if(lte(${value},${KNEE}),${value},${compressed}),1/${SCREEN_GAMMA})`
}

/** The same table for red, green and blue. */
const table = (expression: string): string => {
  const clipped = `'maxval*min(1,${expression})'`
  return `lutrgb=r=${clipped}:g=${clipped}:b=${clipped}`
}

/** Linear light of BT.2020 primaries to that of BT.709. */
const PRIMARIES =
  "colorchannelmixer=rr=1.6605:rg=-0.5876:rb=-0.0728:gr=-0.1246:gg=1.1329:gb=-0.0083:br=-0.0182:bg=-0.1006:bb=1.1187"

/**
 * Maps HDR to the brightness and colours of an ordinary screen, and tags the result as BT.709; 8 bits, 4:2:0. Costs little
 * after a scaler that makes the picture small. Nothing for SDR.
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

/** One picture for each frame of two fields. Frames that are marked as progressive pass unchanged. */
export const deinterlacing = (isInterlaced: boolean): ReadonlyArray<string> =>
  isInterlaced ? ["bwdif=mode=send_frame:deint=interlaced"] : []
