/** Records of a program, read page by page: an answer never grows with the village. */
import { z } from 'zod'
import { accountPage } from '../client/account-table.js'
import { journalPage } from '../client/journal-page.js'
import { openItemsOf } from '../client/work-items.js'
import { accepted } from '../domain/refusal.js'
import { OPERATOR_ROLES } from '../persistence/ledger/operators.js'
import { type VerbTable, webVerb } from './verb-table.js'

/** Where the page begins: 0, and then as the page before says. */
const page = z.strictObject({ after: z.int().nonnegative().default(0) })

export const recordVerbs: VerbTable = {
  'work-items': webVerb({
    roles: OPERATOR_ROLES,
    scope: 'program',
    input: page,
    run: async (desk, { programId }, { after }) => accepted(await openItemsOf(desk, programId, after)),
  }),
  accounts: webVerb({
    roles: OPERATOR_ROLES,
    scope: 'program',
    input: page,
    run: async (desk, { programId }, { after }) => accepted(await accountPage(desk.database.kysely, programId, after)),
  }),
  journal: webVerb({
    roles: OPERATOR_ROLES,
    scope: 'program',
    input: page,
    run: async (desk, { programId }, { after }) => accepted(await journalPage(desk.database.kysely, programId, after)),
  }),
}
