/**
 * A utility that takes the supplier's files, judges them by its own rules and answers in its own time.
 *
 * It has no clock: `receive` says when something reached it, and `due` runs it forward to an instant.
 */
import type { Answer, PartyRefusal, Promised } from '../answer.js'
import { instantAt, localDate, localTime } from '../central-time.js'
import { nextInstant, splitDue } from '../queue.js'
import { isDay, workdaysFrom, type UtilityCalendar } from './calendar.js'
import { reportStart, takeIn, type ReceivedFile } from './intake.js'
import { manualEnrollment, type Letterhead } from './messages.js'
import { RULES } from './rules.js'
import { rescindScripted, startServices } from './service.js'
import type { KnownServicePoint } from './service-points.js'
import {
  newState,
  snapshotOf,
  stateFrom,
  type Enrollment,
  type Job,
  type UtilityScript,
  type UtilityWorld,
} from './state.js'
import { writeInterchange, type InterchangeToWrite } from './x12.js'

export type { UtilityCalendar } from './calendar.js'
export type { KnownServicePoint } from './service-points.js'
export type { UtilityScript } from './state.js'

export interface UtilityOptions {
  /** Its DUNS number, nine digits, or DUNS and suffix, thirteen: GS and N1*8S. */
  readonly id: string
  readonly name: string
  readonly servicePoints: readonly KnownServicePoint[]
  /** Bill group → scheduled reads, ascending civil dates. */
  readonly readDates: Readonly<Record<string, readonly string[]>>
  readonly calendar: UtilityCalendar
  /** Ids of the suppliers it knows; any other in N1*SJ is UND. */
  readonly suppliers: readonly string[]
  readonly script?: UtilityScript
  /** Where its files go: EDI by default to `inbox`, customer lists to `lists`. */
  readonly directories?: { readonly edi?: string; readonly lists?: string }
  /** Continues where `snapshot()` left off. */
  readonly snapshot?: string
  /** Every batch of answers passes through here; an answer given a later `at` is held back until then. */
  readonly tamper?: (answers: readonly Answer[]) => readonly Answer[]
}

export interface ManualEnrollment {
  readonly at: string
  /** The new number. */
  readonly account: string
  readonly formerAccount: string
  readonly servicePoint: string
  /** `BNK` bankruptcy, `UIE` any other reason. */
  readonly code: 'BNK' | 'UIE'
  readonly supplier: string
  /** Civil date. */
  readonly start: string
}

export interface DataRequest {
  readonly at: string
  /** The signed form that came with the e-mail; without one the utility answers nothing and records why. */
  readonly pdf: Uint8Array | null
  readonly lists: readonly { readonly name: string; readonly content: Buffer }[]
  /** 0 or left out: the lists come at once; else at 09:00 Central that many business days later. */
  readonly businessDays?: number
}

export interface SimulatedUtility {
  /** The same content under the same name is one file and gives no further answer. */
  receive(file: ReceivedFile): readonly Promised[]
  answerDataRequest(request: DataRequest): readonly Promised[]
  sendManualEnrollment(entry: ManualEnrollment): readonly Promised[]
  /** Instant of the next thing it does, or null. */
  nextAt(): string | null
  /** Does all that is due up to and including `at`, in order, and hands out what it sends. */
  due(at: string): readonly Answer[]
  refusals(): readonly PartyRefusal[]
  /** JSON with account numbers in it. */
  snapshot(): string
}

export function createUtility(options: UtilityOptions): SimulatedUtility {
  const { id, name, readDates, calendar, suppliers, script = {}, tamper = (answers) => answers } = options
  const directories = { edi: 'inbox', lists: 'lists', ...options.directories }
  const world: UtilityWorld = { id, name, readDates, calendar, suppliers, script }
  const state = options.snapshot === undefined ? newState(options.servicePoints) : stateFrom(options.snapshot)
  const letterhead: Letterhead = { name, id, nextId: (prefix) => `${prefix}-${String(++state.id).padStart(8, '0')}` }
  if (options.snapshot === undefined) {
    for (const on of new Set(script.rescissions?.map((entry) => entry.on))) {
      state.jobs.push({ do: 'rescind', at: instantAt(on, RULES.rescissionsAt), late: false })
      state.jobs.push({ do: 'rescind', at: instantAt(on, RULES.lateRescissionsAt), late: true })
    }
  }

  function refuse(at: string, what: string, why: string): readonly Promised[] {
    state.refusals.push({ at, what, why })
    return []
  }

  function promise(jobs: readonly Job[]): readonly Promised[] {
    state.jobs.push(...jobs)
    return jobs.flatMap((job) => ('what' in job ? [{ at: job.at, what: job.what }] : []))
  }

  function written(
    message: Pick<Answer, 'at' | 'what'> & Pick<InterchangeToWrite, 'functional' | 'set' | 'transactions'>,
    receiver: string,
    usage = state.usage.get(receiver) ?? 'P',
  ): Answer {
    const { at, what, functional, set, transactions } = message
    const control = ++state.control
    const [date, time, group] = [localDate(at), localTime(at), ++state.group]
    const content = writeInterchange({
      sender: id,
      receiver,
      control,
      group,
      usage,
      date,
      time,
      functional,
      set,
      transactions,
    })
    return { at, what, directory: directories.edi, name: `${set}-${String(control).padStart(9, '0')}.x12`, content }
  }

  function run(job: Job): Answer[] {
    const { at } = job
    switch (job.do) {
      case 'send':
        return [written({ ...job, set: job.functional === 'FA' ? '997' : '814' }, job.to, job.usage)]
      case 'rescind':
        return [...rescindScripted(job, state, world, letterhead)].map(([supplier, transactions]) => {
          const what = `Customers rescinded with the utility: service points dropped ${transactions.length}`
          return written({ at, what, functional: 'GE', set: '814', transactions }, supplier)
        })
      case 'report-starts':
        return [...startServices(at, state, letterhead)].map(([supplier, transactions]) => {
          const what = `The utility reports the start of service: service points ${transactions.length}`
          return written({ at, what, functional: 'PT', set: '867', transactions }, supplier)
        })
      case 'put': {
        const { what, directory, name: file, base64 } = job
        return [{ at, what, directory, name: file, content: Buffer.from(base64, 'base64') }]
      }
    }
  }

  return {
    receive(file) {
      const { jobs, refused } = takeIn(file, state, world, letterhead)
      return refused === null ? promise(jobs) : refuse(file.at, `file ${file.name}`, refused)
    },
    answerDataRequest({ at, pdf, lists, businessDays = 0 }) {
      if (pdf === null || !Buffer.from(pdf.subarray(0, 5)).equals(Buffer.from('%PDF-'))) {
        return refuse(at, 'data request', 'no signed form came with it')
      }
      const when =
        businessDays === 0 ? at : instantAt(workdaysFrom(localDate(at), businessDays, calendar.billing), RULES.listsAt)
      return promise(
        lists.map(({ name: file, content }) => ({
          do: 'put',
          at: when,
          what: `The utility delivers the customer list ${file}`,
          directory: directories.lists,
          name: file,
          base64: content.toString('base64'),
        })),
      )
    },
    sendManualEnrollment({ at, account, formerAccount, servicePoint, code, supplier, start }) {
      if (!isDay(start)) return refuse(at, 'unsolicited enrollment', 'its start is no day')
      const former = [...state.servicePoints.values()].find((point) => point.accountNumber === formerAccount)
      if (former === undefined) return refuse(at, 'unsolicited enrollment', 'the former account is not known')
      const processed = localDate(at)
      const entry: Enrollment = {
        accountNumber: account,
        servicePoint,
        supplier,
        customer: 'ACCOUNT HOLDER',
        scheduled: start,
        processed,
        actual: start,
        state: 'pending',
        endsOn: null,
      }
      state.servicePoints.set(servicePoint, { ...former, accountNumber: account, servicePoint })
      state.enrollments.push(entry)
      state.current.set(servicePoint, entry)
      reportStart(start, at, state)
      return promise([
        {
          do: 'send',
          at,
          what: 'The utility enrolls an account under a new number',
          functional: 'GE',
          to: supplier,
          usage: state.usage.get(supplier) ?? 'P',
          transactions: [manualEnrollment(entry, formerAccount, code, start, letterhead)],
        },
      ])
    },
    nextAt: () => nextInstant(state.jobs),
    due(at) {
      const { due, later } = splitDue(state.jobs, at)
      state.jobs = later
      const sent = tamper(due.flatMap(run))
      const heldBack = splitDue(sent, at).later
      for (const { content, ...rest } of heldBack) {
        state.jobs.push({ do: 'put', ...rest, base64: content.toString('base64') })
      }
      return sent.filter((answer) => !heldBack.includes(answer))
    },
    refusals: () => [...state.refusals],
    snapshot: () => snapshotOf(state),
  }
}
