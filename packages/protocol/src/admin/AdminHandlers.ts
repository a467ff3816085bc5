import { type ConnectorConfig, Errors, JobAdmin, type JobStore, type JobType, Runners } from "@runner-connector/core"
import { Array as Arr, Effect, Option } from "effect"
import { documenting, type Handler, type Reception } from "../http/Handler.ts"
import { RunnerNotFound } from "../http/ProtocolErrors.ts"
import * as JobDocuments from "../jobs/JobDocuments.ts"
import { listedPayload } from "../jobs/presentJob.ts"
import * as AdminDocuments from "./AdminDocuments.ts"
import * as AdminEndpoints from "./AdminEndpoints.ts"
import { filterOf } from "./AdminQueries.ts"

const makeRunners = (reception: Reception) =>
  Effect.map(Runners.Runners, (runners) => ({
    listRunners: documenting(reception, AdminEndpoints.listRunners, {
      run: ({ query }) =>
        Effect.map(runners.list(query), (page) => AdminDocuments.page(page, AdminDocuments.runnerDocument))
    }),
    deleteRunner: documenting(reception, AdminEndpoints.deleteRunner, {
      run: ({ params }) =>
        Effect.filterOrFail(
          runners.remove(params.runnerId),
          (was) => was,
          () => new RunnerNotFound()
        )
    }),
    listRegistrationTokens: documenting(reception, AdminEndpoints.listRegistrationTokens, {
      run: ({ query }) =>
        Effect.map(runners.listRegistrationTokens(query), (page) =>
          AdminDocuments.page(page, AdminDocuments.tokenDocument)
        )
    }),
    generateRegistrationToken: documenting(reception, AdminEndpoints.generateRegistrationToken, {
      run: () =>
        Effect.map(runners.createRegistrationToken, ({ record, registrationToken }) =>
          AdminDocuments.newTokenDocument(record, registrationToken)
        )
    }),
    deleteRegistrationToken: documenting(reception, AdminEndpoints.deleteRegistrationToken, {
      run: ({ params }) =>
        Effect.filterOrFail(
          runners.removeRegistrationToken(params.id),
          (was) => was,
          () => new Errors.UnknownRegistrationToken()
        )
    })
  }))

const makeJobs = (reception: Reception) =>
  Effect.gen(function* () {
    const jobs = yield* JobAdmin.JobAdmin
    const runners = yield* Runners.Runners
    const payloadOf = yield* listedPayload

    const documentsOf = Effect.fnUntraced(function* (listed: ReadonlyArray<JobStore.ListedJob>) {
      const known = yield* runners.byIds(Arr.dedupe(listed.flatMap((job) => Option.toArray(job.runnerId))))
      const waiting = yield* jobs.explain(listed)
      return yield* Effect.forEach(listed, (job) => {
        const runner = Option.flatMapNullable(job.runnerId, (id) => known.get(id))
        // A job of a type that is not offered any more is shown as it is stored.
        const payload = Effect.orElseSucceed(payloadOf(job), () => job.payload)
        const reason = Option.fromNullable(waiting.get(job.id))
        return Effect.map(payload, (shown) => JobDocuments.listedJob(job, { runner, payload: shown, waiting: reason }))
      })
    })

    return {
      listJobs: documenting(reception, AdminEndpoints.listJobs, {
        run: Effect.fnUntraced(function* ({ query }) {
          const { count, sort, start } = query
          const { data, total } = yield* jobs.list({ count, sort, start, ...filterOf(query) })
          return { total, data: yield* documentsOf(data) }
        })
      }),
      cancelJob: documenting(reception, AdminEndpoints.cancelJob, { run: ({ params }) => jobs.cancel(params.jobUUID) }),
      deleteJob: documenting(reception, AdminEndpoints.deleteJob, { run: ({ params }) => jobs.remove(params.jobUUID) })
    }
  })

/** How administrators look after runners, registration tokens and jobs. */
export const make = (
  reception: Reception
): Effect.Effect<
  Readonly<Record<string, Handler>>,
  never,
  Runners.Runners | JobAdmin.JobAdmin | JobType.JobTypes | ConnectorConfig.ConnectorConfig
> =>
  Effect.map(Effect.all([makeRunners(reception), makeJobs(reception)]), ([ofRunners, ofJobs]) => ({
    ...ofRunners,
    ...ofJobs
  }))
