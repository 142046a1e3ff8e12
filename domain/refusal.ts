/**
 * A refusal: an expected "no", given back as a plain value that the caller has to look at.
 * It passes through Temporal payloads and into the journal unchanged, so it never names a person,
 * an address or an account number.
 */
export interface Refusal {
  /** Stable, for programs: UPPER_SNAKE. */
  readonly code: string
  /** For people: what, where, how to mend. One sentence. */
  readonly message: string
  /** The clause or ruling it rests on, when there is one. */
  readonly clause?: string
}

export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal }

export function accepted<T>(value: T): Outcome<T> {
  return { ok: true, value }
}

export function refused(code: string, message: string, clause?: string): { ok: false; refusal: Refusal } {
  return { ok: false, refusal: clause === undefined ? { code, message } : { code, message, clause } }
}
