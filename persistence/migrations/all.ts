/** Every migration in order. Forward only: a published one is never edited, a mistake is mended by the next. */
import type { Migration } from 'kysely'
import * as ledger001 from './001-ledger.js'

export const migrations: Readonly<Record<string, Migration>> = {
  '001-ledger': ledger001,
}
