import { it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { aNewVideo } from "@runner-connector/contracts"
import { Wire } from "@runner-connector/contracts/wire"
import { Event, VideoStore } from "@runner-connector/core"
import { ApiWeb, apiEndpoints, Endpoints, RunnerWeb } from "@runner-connector/protocol"
import { ApiError, eventTypes, makeClient, pathOf } from "@runner-connector/protocol/client"
import { Effect, Option, Runtime } from "effect"
import { expect } from "vitest"
import { routes } from "../src/client/routes.ts"

const { adminToken, origin } = Wire.World

it("has the method and the path of every record", () => {
  const administration = Object.values(Endpoints).filter(({ admin }) => admin)
  const records = [...apiEndpoints, ...administration]
  deepStrictEqual(
    routes as unknown,
    Object.fromEntries(records.map(({ method, name, path }) => [name, `${method} ${path}`]))
  )
})

it("has the type of every event", () => deepStrictEqual(eventTypes, Event.eventTypes))

it("gives the paths of calls", () => {
  deepStrictEqual(pathOf("streamEvents", "/admin"), "/admin/events")
  deepStrictEqual(pathOf("editVideo", "", { params: { uuid: "a/b" } }), "/videos/a%2Fb/edit")
  deepStrictEqual(pathOf("listJobs", "/admin", { query: { start: 2 } }), "/api/v1/runners/jobs?start=2")
})

it.effect("calls the API", () =>
  Effect.gen(function* () {
    const [api, runners] = [yield* ApiWeb.ApiWeb, yield* RunnerWeb.RunnerWeb]
    const run = Runtime.runPromise(yield* Effect.runtime<never>())
    const send = (request: Request) => run((api.owns(new URL(request.url).pathname) ? api : runners).handle(request))
    const client = makeClient({ origin, path: "/admin", token: adminToken, fetch: send })
    const video = aNewVideo({ title: Option.some("a & b"), sourceKey: Option.none() })
    yield* Effect.flatMap(VideoStore.VideoStore, ({ insert }) => insert(video, []))
    const params = { uuid: video.id }

    const list = yield* Effect.promise(() => client.listVideos({ query: { search: "a &", count: 5, live: false } }))
    deepStrictEqual([list.total, list.data[0]?.uuid], [1, video.id])
    const changed = yield* Effect.promise(() => client.changeVideo({ params, body: { title: null } }))
    deepStrictEqual(changed.title, null)
    deepStrictEqual((yield* Effect.promise(() => client.listRunners())).total, 0)
    deepStrictEqual(yield* Effect.promise(() => client.deleteVideo({ params })), undefined)

    const error = yield* Effect.promise(() => client.getVideo({ params }).catch((refusal: unknown) => refusal))
    expect(error).toBeInstanceOf(ApiError)
    expect(error).toMatchObject({ status: 404, problem: { status: 404 } })
    const stranger = makeClient({ origin, path: "/admin", fetch: send })
    yield* Effect.promise(() => expect(stranger.getOverview()).rejects.toMatchObject({ status: 401 }))
  }).pipe(Effect.provide(Wire.World.layer({}, { path: "/admin" })))
)
