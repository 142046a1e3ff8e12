/**
 * Operators: people who may sign in, with what they may do.
 *
 * Passwords are kept as argon2id, tokens as their SHA-256: a token is 32 random bytes, which nobody guesses, so that it needs no
 * slow hash. Times are the machine's, not a program's.
 */
import { randomBytes } from 'node:crypto'
import { hash, verify } from '@node-rs/argon2'
import type { Kysely } from 'kysely'
import type { Instant } from '../../domain/instant.js'
import { accepted, type Outcome, refused } from '../../domain/refusal.js'
import { sha256Of } from '../sha256-of.js'
import type { OperatorRole, Tables } from '../tables.js'
import type { Trx } from './journal.js'
import { once, type Verb } from './verbs.js'

export const OPERATOR_ROLES = [
  'clerk',
  'village',
  'consultant',
  'supplier',
  'auditor',
] as const satisfies readonly OperatorRole[]

export interface Operator {
  /** Stands as the actor in the journal. */
  readonly name: string
  readonly roles: readonly OperatorRole[]
}

export interface NewOperator extends Operator {
  /** From `hashPassword`. */
  readonly passwordHash: string
}

/** argon2id with the library's settings, 19 MiB and two passes, as OWASP asks at the least; some 60 ms. Call it outside a transaction. */
export function hashPassword(password: string): Promise<string> {
  return hash(password)
}

export async function addOperator(trx: Trx, verb: Verb, operator: NewOperator): Promise<Outcome<Operator>> {
  return once<Operator>(trx, verb, 'add-operator', async () => {
    const { name, roles, passwordHash } = operator
    const added = await trx
      .insertInto('operator')
      .values({ name, password_hash: passwordHash, roles: JSON.stringify(roles), created_at: verb.at, ended_at: null })
      .onConflict((conflict) => conflict.doNothing())
      .returning('name')
      .executeTakeFirst()
    if (added === undefined)
      return refused('OPERATOR_EXISTS', 'Somebody with this name may sign in already; choose another name.')
    return accepted({ name, roles })
  })
}

/** The person left: every session and token ends with it. The name is never given to another. */
export async function endOperator(trx: Trx, verb: Verb, name: string): Promise<Outcome<{ readonly name: string }>> {
  return once<{ name: string }>(trx, verb, 'end-operator', async () => {
    const ended = await trx
      .updateTable('operator')
      .set({ ended_at: verb.at })
      .where('name', '=', name)
      .where('ended_at', 'is', null)
      .returning('name')
      .executeTakeFirst()
    if (ended === undefined)
      return refused('NO_SUCH_OPERATOR', 'Nobody with this name may sign in; list them with: meterhall user list')
    await trx.deleteFrom('operator_token').where('operator', '=', name).execute()
    return accepted({ name })
  })
}

/** By name; those who left are not among them. */
export async function operators(db: Kysely<Tables>): Promise<Operator[]> {
  return db.selectFrom('operator').select(['name', 'roles']).where('ended_at', 'is', null).orderBy('name').execute()
}

let nobodysHash: Promise<string> | undefined

/** Undefined when the password is wrong or there is nobody of that name; both take the same time. */
export async function operatorByPassword(
  db: Kysely<Tables>,
  name: string,
  password: string,
): Promise<Operator | undefined> {
  const row = await db
    .selectFrom('operator')
    .select(['name', 'roles', 'password_hash'])
    .where('name', '=', name)
    .where('ended_at', 'is', null)
    .executeTakeFirst()
  nobodysHash ??= hashPassword(randomBytes(32).toString('hex'))
  const isRight = await verify(row?.password_hash ?? (await nobodysHash), password)
  return row !== undefined && isRight ? { name: row.name, roles: row.roles } : undefined
}

export interface NewToken {
  readonly operator: string
  readonly kind: 'token' | 'session'
  readonly at: Instant
  readonly expiresAt: Instant | null
}

/** Makes a secret and keeps its hash. The secret is given back this once. */
export async function issueToken(db: Kysely<Tables>, token: NewToken): Promise<string> {
  const secret = `meterhall_${randomBytes(32).toString('base64url')}`
  // only sessions expire by themselves in numbers
  if (token.kind === 'session') await db.deleteFrom('operator_token').where('expires_at', '<', token.at).execute()
  await db
    .insertInto('operator_token')
    .values({
      token_sha256: sha256Of(secret),
      operator: token.operator,
      kind: token.kind,
      created_at: token.at,
      expires_at: token.expiresAt,
    })
    .execute()
  return secret
}

export interface ShownToken {
  readonly secret: string
  readonly kind: NewToken['kind']
}

/** Who shows each token, with one look, in their order; undefined when it is unknown, revoked or has expired. One may be shown twice. */
export async function operatorsByTokens(
  db: Kysely<Tables>,
  shown: readonly ShownToken[],
  at: Instant,
): Promise<readonly (Operator | undefined)[]> {
  const hashOf = new Map(shown.map(({ secret }) => [secret, sha256Of(secret)]))
  const rows = await db
    .selectFrom('operator_token')
    .innerJoin('operator', 'operator.name', 'operator_token.operator')
    .select(['operator.name', 'operator.roles', 'token_sha256', 'kind'])
    .where('token_sha256', 'in', [...hashOf.values()])
    .where('operator.ended_at', 'is', null)
    .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', at)]))
    .execute()
  return shown.map(({ secret, kind }) => {
    const row = rows.find((each) => each.token_sha256 === hashOf.get(secret) && each.kind === kind)
    return row && { name: row.name, roles: row.roles }
  })
}

export async function revokeToken(db: Kysely<Tables>, secret: string): Promise<void> {
  await db.deleteFrom('operator_token').where('token_sha256', '=', sha256Of(secret)).execute()
}
