/** Every migration in order. Forward only: a published one is never edited, a mistake is mended by the next. */
import type { Migration } from 'kysely'
import * as ledger001 from './001-ledger.js'
import * as operators002 from './002-operators.js'
import * as renumbered003 from './003-renumbered-accounts.js'
import * as sharedInbox004 from './004-shared-inbox.js'

export const migrations: Readonly<Record<string, Migration>> = {
  '001-ledger': ledger001,
  '002-operators': operators002,
  '003-renumbered-accounts': renumbered003,
  '004-shared-inbox': sharedInbox004,
}
