/**
 * A programme that is drilled: stepped, on PostgreSQL and the real development server, the worker a process of its own. This process
 * holds the outside parties, program time, and the people.
 */
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Desk } from '../../client/desk.js'
import { resolveSending } from '../../client/facts.js'
import type { Driver, Fact } from '../../cli/rehearsal/driver.js'
import { type ProgramClock, steppedClock } from '../../cli/rehearsal/program-clock.js'
import { invitedReplies } from '../../cli/rehearsal/replies.js'
import { startOf } from '../../cli/rehearsal/script.js'
import { type Stage, supplierIdOf } from '../../cli/rehearsal/stage.js'
import { createStandIns, type StandIns } from '../../cli/rehearsal/stand-ins.js'
import { compareInstants, type Instant, isBefore } from '../../domain/instant.js'
import type { PlanTerms } from '../../domain/plan.js'
import { calendarOf } from '../../persistence/calendar-file.js'
import { type Database, openDatabase } from '../../persistence/database.js'
import { nextDueOfAll } from '../../persistence/ledger/runs.js'
import type { SendingChoice } from '../../persistence/ledger/undecided-sendings.js'
import { undecidedSendings } from '../../persistence/ledger/undecided-sendings.js'
import { readPlan } from '../../persistence/plan-files.js'
import { type SimulatedMailCatcher, startMailCatcher } from '../../simulators/mail-catcher.js'
import { createMailHouse, type SimulatedMailHouse } from '../../simulators/mail-house/mail-house.js'
import { newSftpKeyPair, type SimulatedSftpServer, startSftpServer } from '../../simulators/sftp-server.js'
import { servicePointsFromCsv } from '../../simulators/utility/service-points.js'
import { createUtility, type SimulatedUtility, type UtilityScript } from '../../simulators/utility/utility.js'
import { UTILITY_FOLDERS } from '../../worker/utility-look.js'
import type { LargeVillage } from '../support/large-village.js'
import type { DrillServers } from './drill-servers.js'
import { type DrillWorker, startDrillWorker } from './drill-worker.js'

export interface DrillWorld {
  readonly programId: string
  readonly terms: PlanTerms
  readonly desk: Desk
  readonly database: Database
  readonly databaseUrl: string
  readonly sftp: SimulatedSftpServer
  readonly mail: SimulatedMailCatcher
  readonly utility: SimulatedUtility
  readonly mailHouse: SimulatedMailHouse
  readonly clock: ProgramClock
  readonly driver: Driver
  readonly people: StandIns
  readonly worker: DrillWorker
  /** Every file that got its final name at a party, as often as it did. */
  readonly arrivals: readonly Arrival[]
  /** Sendings that a person had to decide about, in the drill. */
  readonly decisions: readonly { readonly subject: string; readonly choice: SendingChoice }[]
  /** From the data request to the handed-over print batches. */
  openCycle(): Promise<void>
  /** Everything after it. */
  finishCycle(): Promise<void>
  /** A backup of the ledger as it is now, under its URL; the worker is started anew. */
  copyDatabase(): Promise<string>
  /** Points the ledger of this process and the worker's at another database; the worker is started anew. */
  useDatabase(url: string): Promise<void>
  close(): Promise<void>
}

export interface Arrival {
  readonly party: string
  readonly name: string
}

export interface DrillOptions {
  readonly village: LargeVillage
  /** Between this process or the worker and the database. */
  readonly databaseUrlFor?: (url: string) => string
  /** The person's choice about an unknown sending; by default by what the party really has. */
  readonly decide?: (subject: string) => SendingChoice
}

/** A dozen kills may fall into one moment of program time, each noticed after six seconds. */
const PATIENCE_MS = 900_000
const POLL_MS = 25
let worlds = 0

export async function startDrillWorld(servers: DrillServers, options: DrillOptions): Promise<DrillWorld> {
  const { script, lists, boundary } = options.village
  const plan = readPlan('mahomet')
  const terms = script.calendar === undefined ? plan : { ...plan, calendar: calendarOf('the script', script.calendar) }
  const startsAt = startOf(script, terms)
  const folder = mkdtempSync(join(tmpdir(), 'meterhall-drilled-'))
  const programId = `drill-${process.pid}-${++worlds}`
  const clockFile = join(folder, 'clock')
  let now = startsAt
  const tellTime = (): void => {
    writeFileSync(`${clockFile}.new`, now)
    renameSync(`${clockFile}.new`, clockFile)
  }
  tellTime()

  let databaseUrl = await servers.postgres.createDatabase()
  let database = await openDatabase({ kind: 'postgres', url: databaseUrl })
  await database.migrate()
  const keys = newSftpKeyPair()
  const sftp = await startSftpServer({
    parties: {
      utility: {
        directories: Object.values(UTILITY_FOLDERS),
        users: [{ name: 'meterhall', publicKey: keys.publicKey }],
      },
      'mail-house': { directories: ['outbox'], users: [{ name: 'meterhall-print', publicKey: keys.publicKey }] },
    },
  })
  const arrivals: Arrival[] = []
  sftp.onFileRenamed((party, _from, to) => {
    // what we set aside in the inbox does not arrive at anybody
    if (to.startsWith('/outbox/')) arrivals.push({ party, name: to })
  })
  const mail = await startMailCatcher()
  const utility = createUtility({
    id: terms.utility.dunsNumber,
    name: terms.utility.name,
    servicePoints: lists.flatMap((list) => servicePointsFromCsv(list.content)),
    readDates: script.readDates,
    calendar: { billing: terms.calendar.billing, edi: terms.calendar.edi },
    suppliers: script.bids.map((_, index) => supplierIdOf(index)),
    script: script.utility as UtilityScript,
    directories: { edi: UTILITY_FOLDERS.inbox, lists: UTILITY_FOLDERS.lists },
  })
  const mailHouse = createMailHouse()
  const workFolder = join(folder, 'work')
  mkdirSync(workFolder)

  // the stores behind it may be exchanged in the middle of a drill
  const desk: Desk = {
    get database() {
      return database
    },
    temporal: servers.client,
    now: () => now,
    clock: 'stepped',
  }
  let clock = steppedClock(database, servers.client, startsAt, PATIENCE_MS)
  const logFile = join(folder, 'worker.log')
  const party = (prefix: string, user: string) => ({
    [`${prefix}_HOST`]: '127.0.0.1',
    [`${prefix}_PORT`]: String(sftp.port),
    [`${prefix}_USER`]: user,
    [`${prefix}_KEY`]: keys.privateKey,
    [`${prefix}_HOST_KEY_SHA256`]: sftp.hostKeySha256(),
  })
  const replies = invitedReplies(terms)
  const environment = (): Record<string, string> => ({
    DATABASE_URL: options.databaseUrlFor?.(databaseUrl) ?? databaseUrl,
    TEMPORAL_ADDRESS: servers.temporal.address,
    METERHALL_FOLDER: workFolder,
    METERHALL_LETTERS: 'blank',
    SMTP_URL: `smtp://127.0.0.1:${mail.port}`,
    MAIL_FROM: 'aggregation@village.example',
    UTILITY_MAIL: 'government-aggregation@utility.example',
    REPLIES_URL: replies.url ?? '',
    REPLIES_PHONE: replies.phone ?? '',
    REPLIES_EMAIL: replies.email ?? '',
    REPLIES_FAX: replies.fax ?? '',
    REPLIES_MAIL_TO: replies.mailTo?.join('|') ?? '',
    POSTAL_BARCODE_ID: '00',
    POSTAL_SERVICE_TYPE: '040',
    POSTAL_MAILER_ID: '900000000',
    ...party('UTILITY_SFTP', 'meterhall'),
    ...party('PRINT_SFTP', 'meterhall-print'),
    DRILL_CLOCK: clockFile,
    DRILL_BUNDLE: servers.bundle,
  })
  let worker = startDrillWorker(environment(), logFile)
  const decisions: { subject: string; choice: SendingChoice }[] = []
  const queue: Fact[] = []

  /** Takes what was delivered to the parties and puts what they answer by now where it belongs. */
  async function carry(): Promise<boolean> {
    let moved = false
    for (const file of sftp.newFiles('utility', 'outbox')) {
      utility.receive({ name: file.name, content: file.content, at: now })
      sftp.markTaken('utility', `outbox/${file.name}`)
      moved = true
    }
    for (const file of sftp.newFiles('mail-house', 'outbox')) {
      mailHouse.receive({ name: file.name, content: file.content, at: now })
      sftp.markTaken('mail-house', `outbox/${file.name}`)
      moved = true
    }
    for (const answer of utility.due(now)) {
      sftp.put('utility', `${answer.directory}/${answer.name}`, answer.content)
      moved = true
    }
    for (const answer of mailHouse.due(now)) {
      await people.readMailHouse(answer.name, answer.content)
      moved = true
    }
    return moved
  }

  /** The worker has taken everything and has applied it, and told every run that is owed a word. */
  async function isQuiet(): Promise<boolean> {
    for (const folder of [UTILITY_FOLDERS.inbox, UTILITY_FOLDERS.lists])
      if (sftp.list('utility', folder).length > 0) return false
    // in the order in which a file moves on, so that it is seen in one place or the next
    const unapplied = await database.kysely
      .selectFrom('inbound_file')
      .select('name')
      .where('state', 'in', ['stored', 'started'])
      .executeTakeFirst()
    if (unapplied !== undefined) return false
    const owed = await database.kysely
      .selectFrom('wake')
      .innerJoin('run', 'run.workflow_id', 'wake.workflow_id')
      .select('wake.workflow_id')
      .whereRef('wake.due', '>', 'wake.seen')
      .where('run.ended', '=', false)
      .executeTakeFirst()
    return owed === undefined
  }

  /** What a person does about sendings whose outcome nobody knows: looks at what the party has, and says so. */
  async function decideUnknown(): Promise<boolean> {
    const unknown = await undecidedSendings(database.kysely, programId)
      .select(['sending_id', 'subject', 'party', 'message_id'])
      .where('state', '=', 'unknown')
      .execute()
    for (const sending of unknown) {
      const arrived =
        sending.party === 'mail'
          ? mail
              .messages()
              .some((message) => message.messageId.startsWith(`<${sending.message_id.replaceAll('/', '.')}@`))
          : false
      const choice = options.decide?.(sending.subject) ?? (arrived ? 'treat-as-sent' : 'send-again')
      const asking = { programId, actor: 'standin.clerk', verbId: `drill/${programId}/decide/${sending.sending_id}` }
      const outcome = await resolveSending(desk, asking, sending.sending_id, choice)
      if (!outcome.ok) throw new Error(outcome.refusal.message)
      decisions.push({ subject: sending.subject, choice })
    }
    return unknown.length > 0
  }

  async function settle(): Promise<void> {
    const until = performance.now() + PATIENCE_MS
    for (;;) {
      worker.check()
      const moved = await carry()
      await clock.settle()
      const decided = await decideUnknown()
      if (!moved && !decided && (await isQuiet())) return
      if (performance.now() > until) throw new Error(`the drill does not come to rest at ${now}`)
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    }
  }

  async function next(): Promise<Instant | null> {
    const moments = [queue[0]?.at, utility.nextAt(), mailHouse.nextAt(), await nextDueOfAll(database.kysely)]
    return (moments.filter((at) => at !== null && at !== undefined) as Instant[]).sort(compareInstants)[0] ?? null
  }

  async function standOn(url: string): Promise<void> {
    databaseUrl = url
    database = await openDatabase({ kind: 'postgres', url })
    clock = steppedClock(database, servers.client, now, PATIENCE_MS)
    worker = startDrillWorker(environment(), logFile)
  }

  const driver: Driver = {
    get now() {
      return now
    },
    add(fact) {
      const place = queue.findIndex((other) => compareInstants(other.at, fact.at) > 0)
      if (place < 0) queue.push(fact)
      else queue.splice(place, 0, fact)
    },
    settle,
    async run(until) {
      for (;;) {
        const due = await next()
        const isOver = due === null || (until !== undefined && compareInstants(due, until) > 0)
        if (isOver && (until === undefined || compareInstants(now, until) >= 0)) return
        const at = isOver ? (until as Instant) : (due as Instant)
        if (isBefore(now, at)) now = at
        tellTime()
        await clock.advanceTo(now)
        for (let fact = queue[0]; fact !== undefined && compareInstants(fact.at, now) <= 0; fact = queue[0]) {
          await fact.apply()
          // not before: a fact whose database was away is brought again
          queue.shift()
        }
        await settle()
      }
    },
  }
  const stage = { desk, mail, utility, mailHouse, clock: { mode: 'stepped', offsetMs: 0 } } as unknown as Stage
  const people = createStandIns(stage, () => driver, programId, script, terms)

  return {
    programId,
    terms,
    desk,
    get database() {
      return database
    },
    get databaseUrl() {
      return databaseUrl
    },
    sftp,
    mail,
    utility,
    mailHouse,
    get clock() {
      return clock
    },
    driver,
    people,
    get worker() {
      return worker
    },
    arrivals,
    decisions,
    async openCycle() {
      const stopped = await people.openCycle(boundary, lists)
      if (stopped !== null) throw new Error(`the cycle stopped: ${stopped.message}`)
    },
    async finishCycle() {
      await people.queueFacts()
      await driver.run()
    },
    async copyDatabase() {
      // a database that somebody is connected to cannot be copied
      await worker.kill()
      await database.close()
      const copy = await servers.postgres.createDatabase(databaseUrl)
      await standOn(databaseUrl)
      return copy
    },
    async useDatabase(url) {
      await worker.kill()
      await database.close()
      await standOn(url)
    },
    async close() {
      await worker.kill()
      const runs = await database.kysely.selectFrom('run').select('workflow_id').where('ended', '=', false).execute()
      // the next drill's worker must not find them
      for (const { workflow_id } of runs)
        await servers.client.workflow
          .getHandle(workflow_id)
          .terminate()
          .catch(() => {})
      await database.close()
      await Promise.all([sftp.close(), mail.close()])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
