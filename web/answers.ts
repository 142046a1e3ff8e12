/** How the server says no: always `{"error": {"code", "message", "clause"}}`, in one sentence that says how to mend it. */
import {
  isGrpcServiceError,
  ServiceError,
  WorkflowNotFoundError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client'
import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { Refusal } from '../domain/refusal.js'
import { InputFileError } from '../persistence/input-file.js'

export interface Denial extends Refusal {
  readonly status: ContentfulStatusCode
}

export function denial(status: ContentfulStatusCode, code: string, message: string): Denial {
  return { status, code, message }
}

/** Writes a denial, or a refusal of the domain, which is a conflict with where the program stands. */
export function deny(
  c: Context,
  { status = 409, code, message, clause }: Refusal & { readonly status?: ContentfulStatusCode },
): Response {
  return c.json({ error: { code, message, ...(clause === undefined ? {} : { clause }) } }, status)
}

/** Of a file that cannot be used the fault is told; of anything else nothing, it stands in the log. */
export function trouble(error: unknown): Denial {
  if (error instanceof InputFileError) return denial(400, 'FILE_UNUSABLE', error.message)
  if (error instanceof WorkflowNotFoundError) {
    return denial(
      409,
      'NO_RUN',
      'Nothing runs that could take this decision: it has ended, or never began; look with: meterhall status',
    )
  }
  if (isTemporalTrouble(error)) {
    return denial(
      503,
      'RUNS_UNREACHABLE',
      'The workflow server or its worker does not answer, so it is not decided yet; nothing is lost: send the same request with the same id again. Replies, bids and evidence are taken meanwhile.',
    )
  }
  if (isLedgerTrouble(error)) {
    return denial(
      503,
      'LEDGER_UNREACHABLE',
      'The ledger does not answer, and nothing was acknowledged: send the same request with the same id again.',
    )
  }
  return denial(
    500,
    'INTERNAL',
    'Something went wrong that should not; the log tells what. The same request with the same id may be sent again.',
  )
}

function isTemporalTrouble(error: unknown): boolean {
  return (
    error instanceof ServiceError ||
    error instanceof WorkflowUpdateRPCTimeoutOrCancelledError ||
    isGrpcServiceError(error)
  )
}

/** The socket's own codes, and the classes 08 (connection), 53 (no resources) and 57 (shut down) of SQLSTATE. */
function isLedgerTrouble(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const message = error instanceof Error ? error.message : ''
  return (
    /^(E(CONN|PIPE|TIMEDOUT|HOST|NET|NOTFOUND)|08|53|57)/.test(code) ||
    /^(Connection terminated|timeout exceeded when)/.test(message)
  )
}
