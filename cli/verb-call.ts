/** One verb over HTTP to the running process: with an id of our own, so that asking again is safe. */
import { randomUUID } from 'node:crypto'
import type { Status } from '../client/status.js'
import type { Instant } from '../domain/instant.js'
import { readAccess } from './embedded/access.js'
import type { VerbOptions } from './command-options.js'
import { printProgress, UsageError } from './output.js'

/** A refusal by the program: what, and by which clause. The command ends with exit code 1. */
export class RefusedError extends Error {
  override readonly name: string = 'RefusedError'
}

/** Nobody can tell whether it was carried out; the sentence says how to ask again safely. Exit code 1. */
export class NoAnswerError extends RefusedError {
  override readonly name = 'NoAnswerError'
}

/** Nothing listens, and nothing was sent. Exit code 2. */
export class Unreachable extends UsageError {}

interface ErrorAnswer {
  readonly error?: { readonly code: string; readonly message: string; readonly clause?: string }
}

/** Longer than the server lets anybody wait. @unit ms */
const ANSWER_LIMIT_MS = 90_000
/** What the server says to programs, who keep their ids, in the words of whoever types. */
const TYPED_AGAIN: Readonly<Record<string, (again: string) => string>> = {
  RUNS_UNREACHABLE: (again) =>
    `The workflow server or its worker does not answer, so this is not decided yet. Nothing is lost: look with meterhall status whether it was done; if it was not, ${again}. Replies, bids and evidence are taken meanwhile.`,
  NO_ANSWER_YET: (again) =>
    `This is not decided yet and may still be carried out: look with meterhall status whether it was done; if it was not, ${again}.`,
  LEDGER_UNREACHABLE: (again) => `The ledger does not answer, and nothing was recorded: ${again}.`,
}

/** Asked again with the same id when the connection failed; the server carries it out once. */
const TRIES = 3
const PAUSE_MS = 500
/** The server has not decided, or could not: the same request may be sent again. */
const MAY_BE_REPEATED = [500, 502, 503, 504]

/** They change nothing, so that no id is needed to ask twice. */
const READING = ['programs', 'users', 'status', 'case', 'ledger', 'work-items', 'accounts', 'journal']

const ids = new WeakMap<VerbOptions, string>()

/** Of this command: as typed with --id, or made once. */
function idOf(options: VerbOptions): string {
  if (options.id !== undefined && !/^[A-Za-z0-9._-]{8,60}$/.test(options.id))
    throw new UsageError(`--id "${options.id}" is not 8 to 60 letters, digits, dots and hyphens.`)
  const id = options.id ?? ids.get(options) ?? randomUUID()
  ids.set(options, id)
  return id
}

/**
 * @param rowId of one entry of many; left out, the command's own id with the verb's name, since a command may ask for two
 * @throws UsageError when nothing runs or the input is wrong; RefusedError when the program says no; NoAnswerError
 */
export async function callVerb<T>(
  options: VerbOptions,
  verb: string,
  input: unknown,
  programId?: string,
  rowId?: string,
): Promise<T> {
  const access = readAccess(options.data)
  const id = idOf(options)
  const verbId = rowId ?? `${id}:${verb}`
  const body = JSON.stringify({ verbId, ...(programId === undefined ? {} : { programId }), input })
  const again = READING.includes(verb)
    ? 'type it again'
    : rowId === undefined
      ? `type the same again with --id ${id}, and it is carried out once`
      : 'send the same file again'
  let isSent = false
  for (let attempt = 1; ; attempt++) {
    let response: Response
    try {
      response = await fetch(`${access.url}/verbs/${verb}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${access.token}` },
        body,
        signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
      })
    } catch (error) {
      if ((error as Error).name === 'TimeoutError')
        throw new NoAnswerError(
          `The process at ${access.url} takes the request and does not answer: look with meterhall status whether it was done; if it was not, ${again}.`,
        )
      isSent ||= !neverArrived(error)
      if (attempt < TRIES) {
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
        continue
      }
      if (isSent)
        throw new NoAnswerError(
          `The process at ${access.url} went away before it answered, and may have carried it out: start it with npm run up, then ${again}.`,
        )
      throw new Unreachable(
        `The process at ${access.url} does not answer; start it with: npm run up. What you typed was not recorded; type it again then.`,
      )
    }
    const answer = (await response.json().catch(() => ({}))) as ErrorAnswer & { readonly value: T }
    if (response.ok) return answer.value
    const { error } = answer
    const known = error === undefined ? undefined : TYPED_AGAIN[error.code]
    if (known !== undefined) throw new NoAnswerError(known(again))
    const sentence =
      error === undefined
        ? `The process answered ${response.status}.`
        : `${error.message}${error.clause === undefined ? '' : ` (${error.clause})`}`
    if (response.status === 400 || response.status === 413 || response.status === 422) throw new UsageError(sentence)
    if (MAY_BE_REPEATED.includes(response.status)) throw new NoAnswerError(`${sentence} That is: ${again}.`)
    throw new RefusedError(sentence)
  }
}

function neverArrived(error: unknown): boolean {
  const { cause } = error as { readonly cause?: { readonly code?: string } }
  return ['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'EAI_AGAIN'].includes(cause?.code ?? '')
}

/** The program named, or the only one there is. */
export async function programOf(options: VerbOptions): Promise<string> {
  if (options.program !== undefined) return options.program
  const programs = await callVerb<readonly { readonly program_id: string }[]>(options, 'programs', {})
  const [first, ...more] = programs
  if (first === undefined) throw new UsageError('No program runs yet; start one with: meterhall program start')
  if (more.length > 0)
    throw new UsageError(
      `Several programs run; name one with --program: ${programs.map((each) => each.program_id).join(', ')}.`,
    )
  return first.program_id
}

/** The program's present moment: in a rehearsal it is not the machine's. */
export async function nowOf(options: VerbOptions, programId: string): Promise<Instant> {
  return (await callVerb<Status>(options, 'status', {}, programId)).now
}

const SETTLE_LIMIT_MS = 30_000
const SETTLE_PAUSE_MS = 250

/** Waits for what a decision set going, so that the next command is not too early; after half a minute `status` tells. */
export async function settle(options: VerbOptions, programId: string): Promise<void> {
  const until = performance.now() + SETTLE_LIMIT_MS
  let isTold = false
  for (;;) {
    const { runs } = await callVerb<Status>(options, 'status', {}, programId)
    if (!runs.some((run) => run.atWork)) return
    if (!isTold) printProgress('The program works on it …')
    isTold = true
    if (performance.now() >= until) return printProgress('It goes on by itself; meterhall status says when it is done.')
    await new Promise((waited) => setTimeout(waited, SETTLE_PAUSE_MS))
  }
}
