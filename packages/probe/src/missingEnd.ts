import { type ProbeReport, type ProbeStream } from "@runner-connector/core"
