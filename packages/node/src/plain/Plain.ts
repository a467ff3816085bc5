import type { Brand, Chunk, DateTime, Duration, Option, Redacted } from "effect"

type Primitive = string | number | bigint | boolean | symbol | null | undefined

/** Values that need no conversion. */
type Opaque = Date | URL | Uint8Array | AbortSignal | Error | ((...args: never) => unknown)

type WithoutBrand<T> = T extends Brand.Brand<string | symbol> ? Brand.Brand.Unbranded<T> : T

/**
 * The same value without types of Effect, as `toPlain` converts it: `Option` becomes `undefined` or its value, a point of
 * time a `Date`, a duration milliseconds, and a secret its text. The tag of a union, `_tag`, becomes `kind`.
 */
export type Plain<T> = unknown extends T
  ? T
  : T extends Primitive
    ? WithoutBrand<T>
    : T extends Option.Option<infer A>
      ? Plain<A> | undefined
      : T extends DateTime.DateTime
        ? Date
        : T extends Duration.Duration
          ? number
          : T extends Redacted.Redacted<infer A>
            ? Plain<A>
            : T extends Chunk.Chunk<infer A>
              ? ReadonlyArray<Plain<A>>
              : T extends Opaque
                ? T
                : T extends ReadonlyMap<infer K, infer V>
                  ? ReadonlyMap<Plain<K>, Plain<V>>
                  : T extends ReadonlySet<infer A>
                    ? ReadonlySet<Plain<A>>
                    : T extends ReadonlyArray<unknown>
                      ? { readonly [Index in keyof T]: Plain<T[Index]> }
                      : { readonly [Key in keyof T as Key extends "_tag" ? "kind" : Key]: Plain<T[Key]> }
