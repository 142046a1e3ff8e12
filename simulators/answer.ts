/** What a simulated party sends, promises and refuses. It has no clock: every moment below is program time. */

/** A file that a party puts somewhere. The driver carries it there when `at` has come. */
export interface Answer {
  /** Instant in UTC, ISO 8601. */
  readonly at: string
  /** One sentence for a timeline, without name, address or account number. */
  readonly what: string
  readonly directory: string
  readonly name: string
  readonly content: Buffer
}

/** That something will be sent, and when; the file itself comes out of `due`. */
export interface Promised {
  readonly at: string
  readonly what: string
}

/** A party's own "no" that does not travel as a message, for the driver's report. */
export interface PartyRefusal {
  readonly at: string
  readonly what: string
  readonly why: string
}
