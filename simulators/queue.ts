/** What a party will do next: entries with an instant, in no order. */
import { millisOf } from './central-time.js'

interface Entry {
  readonly at: string
}

/** Instant of the earliest entry, or null. */
export function nextInstant(entries: readonly Entry[]): string | null {
  return entries.reduce<string | null>(
    (first, { at }) => (first === null || millisOf(at) < millisOf(first) ? at : first),
    null,
  )
}

/** Splits off what is due up to and including `at`: the earliest first, those of one instant in the order they were put. */
export function splitDue<T extends Entry>(
  entries: readonly T[],
  at: string,
): { readonly due: T[]; readonly later: T[] } {
  const limit = millisOf(at)
  const due = entries.filter((entry) => millisOf(entry.at) <= limit)
  return {
    due: due.sort((one, other) => millisOf(one.at) - millisOf(other.at)),
    later: entries.filter((entry) => millisOf(entry.at) > limit),
  }
}
