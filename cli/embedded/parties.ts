/** The simulated outside parties of the embedded stack: what they hold survives a restart, and they keep the program's time. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sftpParty } from '../../activities/sftp-party.js'
import type { Instant } from '../../domain/instant.js'
import type { PlanTerms } from '../../domain/plan.js'
import type { Database } from '../../persistence/database.js'
import { createMailHouse, type SimulatedMailHouse } from '../../simulators/mail-house/mail-house.js'
import { newSftpKeyPair, type SimulatedSftpServer, startSftpServer } from '../../simulators/sftp-server.js'
import { syntheticReadDates } from '../../simulators/utility/read-table.js'
import { servicePointsFromCsv } from '../../simulators/utility/service-points.js'
import { createUtility, type SimulatedUtility } from '../../simulators/utility/utility.js'
import { UTILITY_FOLDERS } from '../../worker/utility-look.js'

export interface EmbeddedParties {
  readonly sftp: SimulatedSftpServer
  readonly utility: SimulatedUtility
  readonly mailHouse: SimulatedMailHouse
  readonly utilityFiles: ReturnType<typeof sftpParty>
  readonly mailHouseFiles: ReturnType<typeof sftpParty>
  readonly readDates: Readonly<Record<string, readonly string[]>>
  /** Where the simulated mail house leaves its forms for a clerk to enter. */
  readonly evidenceFolder: string
  /** Takes what was delivered to them and puts what they answer by now where it belongs; then keeps their state. */
  carry(now: Instant): Promise<void>
  /** After a step of the clock, so that a kill loses nothing they promised. */
  keep(): void
  close(): Promise<void>
}

/** Two years of reads: longer than any cycle that is tried out. */
const READ_MONTHS = 24
const LIST_NAMES = ['utility-fixed-price.csv', 'retail-supplier.csv', 'utility-hourly.csv'] as const

export async function setParties(
  folder: string,
  listFolder: string,
  terms: PlanTerms,
  database: Database,
  startedOn: string,
): Promise<EmbeddedParties> {
  const place = join(folder, 'simulated')
  mkdirSync(place, { recursive: true, mode: 0o700 })
  const keys = kept(join(place, 'sftp-key.json'), () => newSftpKeyPair())
  const sftp = await startSftpServer({
    folder: join(place, 'sftp'),
    parties: {
      utility: {
        directories: Object.values(UTILITY_FOLDERS),
        users: [{ name: 'meterhall', publicKey: keys.publicKey }],
      },
      'mail-house': {
        directories: ['outbox', 'from-mail-house'],
        users: [{ name: 'meterhall-print', publicKey: keys.publicKey }],
      },
    },
  })
  const readDates = kept(join(place, 'read-dates.json'), () =>
    syntheticReadDates(startedOn, READ_MONTHS, terms.calendar.billing),
  )
  const lists = LIST_NAMES.map((name) => ({ name, content: readFileSync(join(listFolder, name)) }))
  const servicePoints = lists.flatMap((list) => servicePointsFromCsv(list.content))
  const snapshots = { utility: join(place, 'utility.json'), mailHouse: join(place, 'mail-house.json') }
  const open = (suppliers: readonly string[], snapshot: string | undefined): SimulatedUtility =>
    createUtility({
      id: terms.utility.dunsNumber,
      name: terms.utility.name,
      servicePoints,
      readDates,
      calendar: { billing: terms.calendar.billing, edi: terms.calendar.edi },
      suppliers,
      directories: { edi: UTILITY_FOLDERS.inbox, lists: UTILITY_FOLDERS.lists },
      ...(snapshot === undefined ? {} : { snapshot }),
    })
  let suppliers: readonly string[] = await suppliersOf(database)
  let utility = open(suppliers, readIf(snapshots.utility))
  const mailHouseSnapshot = readIf(snapshots.mailHouse)
  const mailHouse = createMailHouse({
    folder: join(place, 'printed'),
    ...(mailHouseSnapshot === undefined ? {} : { snapshot: mailHouseSnapshot }),
  })
  const certified = new Set<string>(mailHouse.batches().map((batch) => batch.drop))
  const party = (username: string) =>
    sftpParty({
      host: '127.0.0.1',
      port: sftp.port,
      username,
      privateKey: keys.privateKey,
      hostKeySha256: sftp.hostKeySha256(),
      outbox: UTILITY_FOLDERS.outbox,
    })
  const utilityFiles = party('meterhall')
  const mailHouseFiles = party('meterhall-print')
  let lastKept = ''

  function keep(): void {
    const state = { utility: utility.snapshot(), mailHouse: mailHouse.snapshot() }
    const text = JSON.stringify(state)
    if (text === lastKept) return
    lastKept = text
    replaceFile(snapshots.utility, state.utility)
    replaceFile(snapshots.mailHouse, state.mailHouse)
  }

  async function carry(now: Instant): Promise<void> {
    const present = await suppliersOf(database)
    if (present.join() !== suppliers.join()) {
      suppliers = present
      utility = open(suppliers, utility.snapshot())
    }
    deliver(now)
    for (const file of sftp.newFiles('utility', UTILITY_FOLDERS.outbox)) {
      utility.receive({ name: file.name, content: file.content, at: now })
      keep()
      sftp.markTaken('utility', `${UTILITY_FOLDERS.outbox}/${file.name}`)
    }
    for (const file of sftp.newFiles('mail-house', 'outbox')) {
      mailHouse.receive({ name: file.name, content: file.content, at: now })
      keep()
      sftp.markTaken('mail-house', `outbox/${file.name}`)
    }
    await certifyNewDrops()
    deliver(now)
    keep()
  }

  function deliver(now: Instant): void {
    for (const answer of utility.due(now)) sftp.put('utility', `${answer.directory}/${answer.name}`, answer.content)
    for (const answer of mailHouse.due(now))
      sftp.put('mail-house', `${answer.directory}/${answer.name}`, answer.content)
  }

  /** The mail house mails a drop on its planned day and certifies it; a clerk enters the form. */
  async function certifyNewDrops(): Promise<void> {
    for (const batch of mailHouse.batches()) {
      if (certified.has(batch.drop)) continue
      certified.add(batch.drop)
      const [, cohort, dropNo] = /^(.*)-(\d+)$/.exec(batch.drop) ?? []
      const drop = await database.kysely
        .selectFrom('mailing_drop')
        .select('planned_on')
        .where('cohort', '=', cohort ?? '')
        .where('drop_no', '=', Number(dropNo))
        .executeTakeFirst()
      if (drop !== undefined) mailHouse.scriptEvidence({ drop: batch.drop, on: drop.planned_on })
    }
  }

  return {
    sftp,
    get utility() {
      return utility
    },
    mailHouse,
    utilityFiles,
    mailHouseFiles,
    readDates,
    evidenceFolder: join(place, 'sftp', 'files', 'mail-house', 'from-mail-house'),
    carry,
    keep,
    async close() {
      keep()
      await Promise.all([utilityFiles.close(), mailHouseFiles.close()])
      await sftp.close()
    },
  }
}

/** Every supplier that bid is known to the utility. */
async function suppliersOf(database: Database): Promise<string[]> {
  const bids = await database.kysely.selectFrom('bid').select('content').execute()
  return [...new Set(bids.map((bid) => (bid.content as { readonly supplierId: string }).supplierId))].sort()
}

function readIf(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}

/** Made once and kept, readable by this account alone. */
function kept<T>(path: string, make: () => T): T {
  const before = readIf(path)
  if (before !== undefined) return JSON.parse(before) as T
  const made = make()
  replaceFile(path, JSON.stringify(made))
  return made
}

function replaceFile(path: string, content: string): void {
  writeFileSync(`${path}.new`, content, { mode: 0o600 })
  renameSync(`${path}.new`, path)
}
