import type { Client } from "@runner-connector/protocol/client"

export type { ProgressDocument, StreamEvent } from "@runner-connector/protocol/client"

type Answer<Name extends keyof Client> = Awaited<ReturnType<Client[Name]>>
type Row<Name extends keyof Client> = Answer<Name> extends { readonly data: ReadonlyArray<infer A> } ? A : never
export type QueryOf<Name extends keyof Client> = NonNullable<NonNullable<Parameters<Client[Name]>[0]>["query"]>
export type BodyOf<Name extends keyof Client> = Exclude<
  NonNullable<Parameters<Client[Name]>[0]>["body"],
  FormData | undefined
>

export type Session = Answer<"getSession">

export type Video = Answer<"getVideo">
export type VideoJob = Video["jobs"][number]
export type VideoFile = Video["webVideos"][number]
export type Caption = Video["captions"][number]
export type Attempt = VideoJob["attempts"][number]
export type Labelled = Video["state"]
export type VideoQuery = Omit<QueryOf<"listVideos">, "start" | "count">

export type Job = Row<"listJobs">
export type JobDetails = Answer<"getJob">
export type JobList = Answer<"listJobs">
export type JobsQuery = QueryOf<"listJobs">
export type BulkAction = BodyOf<"changeJobs">["action"]
export type BulkResults = Answer<"changeJobs">
export type JobSummary = Job | VideoJob

export type Runner = Row<"listRunners">
export type RegistrationToken = Row<"listRegistrationTokens">
export type Webhook = Row<"listWebhooks">
export type Delivery = Row<"listWebhookDeliveries">
export type Setting = Answer<"getSettings">["settings"][number]
export type Overview = Answer<"getOverview">
