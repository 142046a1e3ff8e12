/**
 * The plan files: one per program, utility, state and calendar, put together into the terms the rules read.
 *
 * Unknown fields are refused, so that a misspelt clause cannot be silently without effect. What a plan file may hold
 * is in plan-shapes.ts.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseDocument } from 'yaml'
import type { z } from 'zod'
import type { CivilDate } from '../domain/civil-date.js'
import type { Calendar, PlanTerms } from '../domain/plan.js'
import { calendarOf } from './calendar-file.js'
import { checked, InputFileError, readInputText } from './input-file.js'
import { calendarFileShape, programFileShape, stateFileShape, utilityFileShape } from './plan-shapes.js'
import { projectRoot } from './project-root.js'

export interface PlanFilesOptions {
  /** Folder that holds `plans/`; the project's own when absent. */
  readonly root?: string
}

/** Ids of the plans that can be read. */
export function planIds(options: PlanFilesOptions = {}): readonly string[] {
  return readdirSync(join(options.root ?? projectRoot, 'plans', 'programs'))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => name.slice(0, -'.yaml'.length))
    .sort()
}

/**
 * The plan with the state's and the utility's values beside its own. Where two name the same fact of the notice, the
 * nearer one wins: village before utility before state.
 * @throws InputFileError in one sentence when there is no such plan or a file of it is wrong.
 */
export function readPlan(id: string, options: PlanFilesOptions = {}): PlanTerms {
  const known = planIds(options)
  if (!known.includes(id)) {
    throw new InputFileError(`There is no plan "${id}" in plans/programs; choose one of: ${known.join(', ')}.`)
  }
  const program = readYaml('programs', id, programFileShape, options)
  const utility = readYaml('utilities', program.utility, utilityFileShape, options)
  const state = readYaml('states', program.state, stateFileShape, options)
  const { cite: _cite, ...aggregator } = program.aggregator
  const { noComputation: _none, utility: _id, calendar, ...village } = program
  return {
    ...village,
    state: state.id,
    aggregator,
    utility: {
      id: utility.id,
      name: utility.name,
      dunsNumber: utility.dunsNumber.value,
      accountNumberDigits: utility.accountNumberDigits,
      cutoffDays: utility.cutoffDays,
      cutoffAt: utility.cutoffAt,
      maxLeadDays: utility.maxLeadDays,
      billingWindow: utility.billingWindow,
      rejectCodes: utility.rejectCodes,
      acknowledgmentHours: utility.acknowledgmentHours,
      responseBusinessDays: utility.responseBusinessDays,
    },
    calendar: readPlanCalendar(calendar, options),
    smallCommercialKwh: state.smallCommercialKwh,
    fees: { earlyTermination: state.earlyTerminationFee, history: program.fees.history },
    anonymity: utility.anonymity,
    commissionFilingDays: state.commissionFilingDays,
    rescissionDays: state.rescissionDays,
    rescissionRoll: state.rescissionRoll,
    noticeFacts: { ...state.noticeFacts, ...utility.noticeFacts, ...program.noticeFacts },
  }
}

/** A calendar of plans/calendars: all its yearly editions in one, covering the first year through the last. */
export function readPlanCalendar(id: string, options: PlanFilesOptions = {}): Calendar {
  const { editions } = readYaml('calendars', id, calendarFileShape, options)
  const days = (kind: 'billing' | 'edi') => editions.flatMap((edition) => Object.keys(edition[kind]) as CivilDate[])
  const years = editions.map((edition) => edition.year)
  return {
    ...calendarOf(id, { billing: days('billing'), edi: days('edi') }),
    covers: { first: `${Math.min(...years)}-01-01` as CivilDate, last: `${Math.max(...years)}-12-31` as CivilDate },
    verified: editions.every((edition) => edition.verified),
  }
}

function readYaml<T extends { readonly id: string }>(
  folder: string,
  id: string,
  shape: z.ZodType<T>,
  options: PlanFilesOptions,
): T {
  const name = `plans/${folder}/${id}.yaml`
  const kind = 'plan file'
  const document = parseDocument(readInputText(join(options.root ?? projectRoot, name), kind))
  const fault = document.errors[0]
  if (fault !== undefined) {
    throw new InputFileError(
      `The ${kind} ${name} is not YAML at line ${fault.linePos?.[0].line ?? 1}; correct that line.`,
    )
  }
  const value = checked(shape, document.toJS(), name, kind)
  if (value.id !== id) {
    throw new InputFileError(`The ${kind} ${name} is wrong at id: it must equal the file name; correct that entry.`)
  }
  return value
}
