import { describe, expect, test } from 'vitest'
import { addMillis, type Instant, instant } from '../../domain/instant.js'
import {
  addOperator,
  endOperator,
  hashPassword,
  issueToken,
  operatorByPassword,
  operators,
  operatorsByTokens,
  revokeToken,
} from '../../persistence/ledger/operators.js'
import { describeOnEachStore } from '../support/each-store.js'

const NOW = instant('2027-03-10T18:00:00Z')
const PASSWORD = 'a long enough pass phrase'
const passwordHash = await hashPassword(PASSWORD)

describeOnEachStore('operators', (store) => {
  const db = () => store.database().kysely
  let verbs = 0
  const verb = (verbId = `operator-verb-${++verbs}`) => ({ verbId, programId: '', actor: 'setup', at: NOW })
  const add = (name: string, as = verb()) =>
    store.database().tx((trx) => addOperator(trx, as, { name, roles: ['clerk', 'village'], passwordHash }))
  const byToken = async (secret: string, kind: 'token' | 'session', at: Instant) => {
    const [operator] = await operatorsByTokens(db(), [{ secret, kind }], at)
    return operator
  }

  describe('a password', () => {
    test('is kept as argon2id with 19 MiB and two passes, never as it is', async () => {
      await add('hashed')
      const row = await db().selectFrom('operator').selectAll().where('name', '=', 'hashed').executeTakeFirstOrThrow()
      expect(row.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
      expect(JSON.stringify(row)).not.toContain(PASSWORD)
    })

    test('lets its owner in with the roles given, and nobody else', async () => {
      await add('owner')
      expect(await operatorByPassword(db(), 'owner', PASSWORD)).toEqual({ name: 'owner', roles: ['clerk', 'village'] })
      expect(await operatorByPassword(db(), 'owner', `${PASSWORD} `)).toBeUndefined()
      expect(await operatorByPassword(db(), 'owner', '')).toBeUndefined()
      expect(await operatorByPassword(db(), 'nobody', PASSWORD)).toBeUndefined()
    })

    test('that is no argon2id hash is refused by the database', async () => {
      const plain = { name: 'plain', roles: ['clerk' as const], passwordHash: PASSWORD }
      await expect(store.database().tx((trx) => addOperator(trx, verb(), plain))).rejects.toThrow(/check constraint/)
    })
  })

  describe('adding an operator', () => {
    test('under the same verb id happens once and answers the same', async () => {
      const as = verb()
      expect(await add('twice', as)).toEqual({ ok: true, value: { name: 'twice', roles: ['clerk', 'village'] } })
      expect(await add('twice', as)).toEqual({ ok: true, value: { name: 'twice', roles: ['clerk', 'village'] } })
      expect((await operators(db())).filter((each) => each.name === 'twice')).toHaveLength(1)
    })

    test('of a name that is taken is refused', async () => {
      await add('taken')
      expect(await add('taken')).toMatchObject({ ok: false, refusal: { code: 'OPERATOR_EXISTS' } })
    })
  })

  describe('a token', () => {
    const issue = (operator: string, expiresAt: Parameters<typeof issueToken>[1]['expiresAt'] = null) =>
      issueToken(db(), { operator, kind: 'token', at: NOW, expiresAt })

    test('opens until it is revoked, and only its hash is stored', async () => {
      await add('caller')
      const secret = await issue('caller')
      expect(await byToken(secret, 'token', NOW)).toMatchObject({ name: 'caller' })
      expect(await byToken(secret.slice(0, -1), 'token', NOW)).toBeUndefined()
      expect(JSON.stringify(await db().selectFrom('operator_token').selectAll().execute())).not.toContain(secret)
      await revokeToken(db(), secret)
      expect(await byToken(secret, 'token', NOW)).toBeUndefined()
    })

    test('of one kind does not open as the other', async () => {
      await add('kinds')
      expect(await byToken(await issue('kinds'), 'session', NOW)).toBeUndefined()
    })

    test('opens before the moment of its expiry, not at it, and is cleared away when somebody signs in later', async () => {
      await add('guest')
      const expiresAt = addMillis(NOW, 1000)
      const secret = await issue('guest', expiresAt)
      expect(await byToken(secret, 'token', addMillis(NOW, 999))).toBeDefined()
      expect(await byToken(secret, 'token', expiresAt)).toBeUndefined()
      await issueToken(db(), { operator: 'guest', kind: 'session', at: addMillis(NOW, 1001), expiresAt: null })
      const left = await db()
        .selectFrom('operator_token')
        .select('expires_at')
        .where('operator', '=', 'guest')
        .execute()
      expect(left).toEqual([{ expires_at: null }])
    })
  })

  test('who left can neither sign in nor use an old token, and keeps the name', async () => {
    await add('leaver')
    const secret = await issueToken(db(), { operator: 'leaver', kind: 'token', at: NOW, expiresAt: null })
    const end = () => store.database().tx((trx) => endOperator(trx, verb(), 'leaver'))
    expect(await end()).toMatchObject({ ok: true })
    expect(await operatorByPassword(db(), 'leaver', PASSWORD)).toBeUndefined()
    expect(await byToken(secret, 'token', NOW)).toBeUndefined()
    expect(await end()).toMatchObject({ ok: false, refusal: { code: 'NO_SUCH_OPERATOR' } })
    expect(await add('leaver')).toMatchObject({ ok: false, refusal: { code: 'OPERATOR_EXISTS' } })
  })
})
