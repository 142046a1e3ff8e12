/** Who may sign in: verbs about the installation, not about a program. */
import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { verbOf } from '../client/desk.js'
import { accepted } from '../domain/refusal.js'
import {
  addOperator,
  endOperator,
  hashPassword,
  issueToken,
  OPERATOR_ROLES,
  operators,
} from '../persistence/ledger/operators.js'
import { text } from './input-shapes.js'
import { type VerbTable, webVerb } from './verb-table.js'

export const userVerbs: VerbTable = {
  users: webVerb({
    roles: ['village'],
    scope: 'installation',
    input: z.strictObject({}),
    run: async (desk) => accepted(await operators(desk.database.kysely)),
  }),
  'user-add': webVerb({
    roles: ['village'],
    scope: 'installation',
    input: z.strictObject({
      name: z.string().regex(/^[a-z][a-z0-9.-]{1,39}$/),
      roles: z.array(z.enum(OPERATOR_ROLES)).min(1),
      /** For the console; without one the person comes in by the token only. */
      password: z.string().min(12).max(1_000).optional(),
    }),
    async run(desk, asking, { name, roles, password }) {
      const passwordHash = await hashPassword(password ?? randomBytes(32).toString('base64'))
      const added = await desk.database.tx((trx) =>
        addOperator(trx, verbOf(desk, asking), { name, roles, passwordHash }),
      )
      if (!added.ok) return added
      // shown once and kept as a hash; asked again with the same id there is a fresh one
      const token = await issueToken(desk.database.kysely, {
        // the person who was added under this id, whoever the request names now
        operator: added.value.name,
        kind: 'token',
        at: desk.now(),
        expiresAt: null,
      })
      return accepted({ ...added.value, token })
    },
  }),
  'user-end': webVerb({
    roles: ['village'],
    scope: 'installation',
    input: z.strictObject({ name: text }),
    run: (desk, asking, { name }) => desk.database.tx((trx) => endOperator(trx, verbOf(desk, asking), name)),
  }),
}
