/** One verb over HTTP to the running process: with an id of our own, so that asking again is safe. */
import { randomUUID } from 'node:crypto'
import { readAccess } from './embedded/access.js'
import type { VerbOptions } from './command-options.js'
import { UsageError } from './output.js'

/** A refusal by the program: what, and by which clause. The command ends with exit code 1. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError'
}

interface ErrorAnswer {
  readonly error?: { readonly code: string; readonly message: string; readonly clause?: string }
}

/** Longer than the server lets anybody wait. @unit ms */
const ANSWER_LIMIT_MS = 90_000
/** What the server says to programs, who keep their ids, in the words of whoever types. */
const TYPED_AGAIN: Readonly<Record<string, string>> = {
  RUNS_UNREACHABLE:
    'The workflow server or its worker does not answer, so this is not decided yet. Nothing is lost: look with meterhall status whether it was done, and type the same command again if it was not. Replies, bids and evidence are taken meanwhile.',
  NO_ANSWER_YET:
    'This is not decided yet and may still be carried out: look with meterhall status whether it was done, and type the same command again if it was not.',
  LEDGER_UNREACHABLE: 'The ledger does not answer, and nothing was recorded; type the same command again.',
}

/** Asked again with the same id when the connection failed; the server carries it out once. */
const TRIES = 3
const PAUSE_MS = 500

/** @throws UsageError when nothing runs or the input is wrong; RefusedError when the program says no */
export async function callVerb<T>(options: VerbOptions, verb: string, input: unknown, programId?: string): Promise<T> {
  const access = readAccess(options.data)
  const body = JSON.stringify({ verbId: randomUUID(), ...(programId === undefined ? {} : { programId }), input })
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
        throw new UsageError(
          `The process at ${access.url} takes the request and does not answer; look with meterhall status whether it was done, and type the same command again if it was not.`,
        )
      if (attempt < TRIES) {
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
        continue
      }
      throw new UsageError(
        `The process at ${access.url} does not answer; start it with: npm run up. What you typed was not recorded; type it again then.`,
      )
    }
    const answer = (await response.json()) as ErrorAnswer & { readonly value: T }
    if (response.ok) return answer.value
    const { error } = answer
    const sentence =
      error === undefined
        ? `The process answered ${response.status}.`
        : (TYPED_AGAIN[error.code] ?? `${error.message}${error.clause === undefined ? '' : ` (${error.clause})`}`)
    if (response.status === 400 || response.status === 413 || response.status === 422) throw new UsageError(sentence)
    throw new RefusedError(sentence)
  }
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
