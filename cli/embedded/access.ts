/** How the commands of the same machine reach the running process: its address and a token, in a file for this account alone. */
import { randomBytes } from 'node:crypto'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Instant } from '../../domain/instant.js'
import type { Database } from '../../persistence/database.js'
import { addOperator, hashPassword, issueToken, OPERATOR_ROLES } from '../../persistence/ledger/operators.js'
import { UsageError } from '../output.js'

export interface Access {
  readonly url: string
  readonly token: string
}

/** The person at this machine; others get an account of their own with: meterhall user add */
const LOCAL_OPERATOR = 'operator'

export function accessFile(folder: string): string {
  return join(folder, 'access.json')
}

/** Makes the local operator on the first start, and a token that lasts as long as the file. */
export async function writeAccess(folder: string, url: string, database: Database, at: Instant): Promise<void> {
  // nobody knows this password: the local operator comes in by the token only
  const passwordHash = await hashPassword(randomBytes(32).toString('base64'))
  const verb = { verbId: 'embedded/local-operator', programId: '', actor: LOCAL_OPERATOR, at }
  await database.tx((trx) => addOperator(trx, verb, { name: LOCAL_OPERATOR, roles: OPERATOR_ROLES, passwordHash }))
  const token = await issueToken(database.kysely, { operator: LOCAL_OPERATOR, kind: 'token', at, expiresAt: null })
  const path = accessFile(folder)
  writeFileSync(`${path}.new`, JSON.stringify({ url, token }), { mode: 0o600 })
  renameSync(`${path}.new`, path)
}

/** The folder's own access, each part of which METERHALL_URL and METERHALL_TOKEN may replace. */
export function readAccess(folder: string, environment: NodeJS.ProcessEnv = process.env): Access {
  const { METERHALL_URL: url, METERHALL_TOKEN: token } = environment
  if (url !== undefined && token !== undefined) return { url, token }
  try {
    const own = JSON.parse(readFileSync(accessFile(folder), 'utf8')) as Access
    return { url: url ?? own.url, token: token ?? own.token }
  } catch {
    throw new UsageError(
      `Nothing runs in ${folder}; start it with: npm run up (or set METERHALL_URL and METERHALL_TOKEN).`,
    )
  }
}
