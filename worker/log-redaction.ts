/**
 * What of an error may stand in a log. Libraries hang the row, the reply or the whole document on their errors, and some
 * quote it in the message; of an error only what is listed here is written.
 */

/** Tells which thing failed, never about whom. */
const HARMLESS_FIELDS = [
  'code',
  'errno',
  'syscall',
  'port',
  'table',
  'constraint',
  'schema',
  'responseCode',
  'status',
  'nonRetryable',
] as const

/** Causes go down at most this far; a chain that leads back to itself ends. */
const DEEPEST_CAUSE = 5

export interface LoggedError {
  readonly type: string
  readonly message: string
  /** The frames only: the stack's first lines repeat the message. */
  readonly stack?: string
  readonly cause?: LoggedError
  readonly errors?: readonly LoggedError[]
  readonly [field: string]: unknown
}

/** Something thrown that is no error leaves its type only. */
function loggedError(thrown: unknown, depth = 0): LoggedError {
  if (!(thrown instanceof Error)) return { type: typeof thrown, message: 'something was thrown that is not an error' }
  const fields = Object.fromEntries(
    HARMLESS_FIELDS.flatMap((field) => {
      const value = (thrown as unknown as Record<string, unknown>)[field]
      return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
        ? [[field, value]]
        : []
    }),
  )
  const frames = thrown.stack?.split('\n').filter((line) => /^\s+at /.test(line))
  const inner = (each: unknown) => loggedError(each, depth + 1)
  return {
    type: thrown.name,
    message: messageOf(thrown),
    ...fields,
    ...(frames === undefined ? {} : { stack: frames.join('\n') }),
    ...(thrown.cause instanceof Error && depth < DEEPEST_CAUSE ? { cause: inner(thrown.cause) } : {}),
    ...(thrown instanceof AggregateError && depth < DEEPEST_CAUSE ? { errors: thrown.errors.map(inner) } : {}),
  }
}

/** JSON.parse quotes the document, a mail relay the person it refuses; others may repeat an e-mail address or a number. */
function messageOf(error: Error): string {
  if (error instanceof SyntaxError) return 'a text could not be parsed'
  if ('responseCode' in error) return `the mail relay answered ${error.responseCode}`
  return withoutPersonalText(error.message)
}

/** Puts a word for e-mail addresses and for numbers as long as those of accounts, meters and telephones; dates stay. */
export function withoutPersonalText(text: string): string {
  return text
    .replace(/[^\s<>"'(),:;]+@[^\s<>"'(),:;]+/g, '(address)')
    .replace(/\d{8,}|\b\d{3}[ .-]\d{3}[ .-]\d{4}\b/g, '(number)')
}

/** An entry as it may be written: every error in it reduced, a text for a person always there. */
export function loggedEntry(first: unknown, message: unknown): readonly [entry: object, text: string] {
  const entry: Record<string, unknown> = first instanceof Error ? { err: first } : { ...(first as object) }
  const errors = Object.entries(entry).flatMap(([field, value]) =>
    value instanceof Error ? [[field, loggedError(value)] as const] : [],
  )
  // without a text pino would take the error's own message
  const text = typeof message === 'string' ? withoutPersonalText(message) : (errors[0]?.[1].message ?? '')
  return [{ ...entry, ...Object.fromEntries(errors) }, text]
}
