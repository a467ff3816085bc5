import { DEFAULT_CRF, keyFrames, limits, type PictureCoding } from "./PictureCoding.ts"
import type { EncoderName, VideoEncoder } from "./VideoEncoder.ts"

export type HardwareName = Exclude<EncoderName, "libx264">

/** Average share of the limit for encoders that aim at a bitrate instead of a quality. */
const AVERAGE_SHARE = 0.75

/** A result with a quality of its own is the source of renditions, so it may use the whole limit. */
const averageRate = ({ crf, limit }: PictureCoding): string =>
  `${Math.round(limit.maxrate * (crf === undefined ? AVERAGE_SHARE : 1))}`

/**
 * The options of all hardware encoders. B-frames are off: their number and their decode times depend on the driver,
 * and files without edit lists leave room for two frames only.
 */
const common = (coding: PictureCoding) => ({ profile: "high", ...limits(coding), bf: "0", ...keyFrames(coding) })

/** The quality decides on the bitrate, as with libx264. Without `forced-idr`, segments would not start at IDR frames. */
const nvenc = (device: string | undefined): VideoEncoder => ({
  name: "h264_nvenc",
  device: [],
  filters: ["format=yuv420p"],
  options: (coding) => ({
    ...{ preset: "p4", rc: "vbr", cq: `${coding.crf ?? DEFAULT_CRF}`, b: "0", pix_fmt: "yuv420p" },
    ...{ ...common(coding), "forced-idr": "1" },
    ...(device === undefined ? {} : { gpu: device })
  }),
  reordering: () => ({})
})

const FIRST_RENDER_NODE = "/dev/dri/renderD128"

/** Takes frames only from the memory of the device. Every forced key frame is an IDR frame. */
const vaapi = (device = FIRST_RENDER_NODE): VideoEncoder => ({
  name: "h264_vaapi",
  device: ["-vaapi_device", device],
  filters: ["format=nv12", "hwupload"],
  options: (coding) => ({ rc_mode: "VBR", b: averageRate(coding), ...common(coding) }),
  reordering: () => ({})
})

/** An average below the limit selects VBR. `forced_idr` as with NVENC. */
const qsv = (device: string | undefined): VideoEncoder => ({
  name: "h264_qsv",
  device: ["-init_hw_device", device === undefined ? "qsv=hw" : `qsv=hw,child_device=${device}`],
  filters: ["format=nv12"],
  options: (coding) => ({
    ...{ preset: "veryfast", b: averageRate(coding), pix_fmt: "nv12" },
    ...{ ...common(coding), forced_idr: "1" }
  }),
  reordering: () => ({})
})

/** Uses the media engine of the machine. FFmpeg cannot choose between several. */
const videotoolbox = (): VideoEncoder => ({
  name: "h264_videotoolbox",
  device: [],
  filters: ["format=nv12"],
  options: (coding) => ({ b: averageRate(coding), pix_fmt: "nv12", ...common(coding) }),
  reordering: () => ({})
})

const makers: Readonly<Record<HardwareName, (device: string | undefined) => VideoEncoder>> = {
  h264_nvenc: nvenc,
  h264_vaapi: vaapi,
  h264_qsv: qsv,
  h264_videotoolbox: videotoolbox
}

/**
 * Returns a hardware encoder. `device` is a render node for VAAPI and Quick Sync, the number of a GPU for NVENC, and
 * has no meaning for VideoToolbox.
 */
export const hardware = (name: HardwareName, device?: string): VideoEncoder => makers[name](device)
