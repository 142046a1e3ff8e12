/** What each command gets from the command line: texts as typed, checked by the command itself. */
import type { OutputOptions } from './output.js'

interface PlanOption {
  /** Id of a plan in plans/programs. */
  readonly plan: string
}

interface CalendarOption {
  readonly calendar?: string
}

export interface CalcWindowOptions extends OutputOptions, PlanOption, CalendarOption {
  readonly from: string
  readonly days: string
  readonly roll?: string
}

export interface CalcRescissionOptions extends OutputOptions, PlanOption, CalendarOption {
  readonly processed: string
  readonly days?: string
  readonly roll?: string
}

export interface CalcCutoffOptions extends OutputOptions, PlanOption, CalendarOption {
  readonly anchor: string
  readonly days?: string
  readonly at?: string
}

export interface CalcBillingWindowOptions extends OutputOptions, PlanOption, CalendarOption {
  readonly read: string
}

export interface CalcJudgeOptions extends OutputOptions, PlanOption {
  readonly deadline: string
  readonly channel: string
  readonly postmark?: string
  readonly received: string
}

export interface ListReviewOptions extends OutputOptions, PlanOption {
  /** Folder with the three list files. */
  readonly list: string
  readonly boundary: string
  readonly asOf: string
  readonly mapping?: string
}

export interface EdiOptions extends OutputOptions {}

export interface RehearseOptions extends OutputOptions, PlanOption {
  readonly list: string
  readonly boundary: string
  readonly script: string
  readonly out: string
}

/** Where `up` keeps its state, and where the commands look for it. */
export const DEFAULT_DATA = './data'

export interface UpOptions {
  /** Folder of the state. */
  readonly data: string
  readonly rehearsal?: boolean
  /** Where the program time of a rehearsal begins; only before its first start. */
  readonly from?: string
  readonly verbose?: boolean
  readonly port?: string
  readonly temporalPort?: string
  readonly uiPort?: string
}

/** Verbs over HTTP: whom to ask, and for which program. */
export interface VerbOptions extends OutputOptions {
  readonly data: string
  /** Left out: the only program there is. */
  readonly program?: string
  /** Of this asking: the same one again, after an answer was lost, has one effect. Left out, one is made. */
  readonly id?: string
}
