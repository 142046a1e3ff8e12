/** Names of the durable runs. They are public in every tool: never an account number, nor a hash of one. */

export const cycleId = (programId: string): string => `program/${programId}`
export const cohortId = (programId: string, cohort: string): string => `cohort/${programId}/${cohort}`
/** @param sha256 hash of the inbound file, so that a program cannot apply the same file by two runs */
export const inboxId = (programId: string, sha256: string): string => `inbox/${programId}/${sha256}`

/** The cohort of everybody noticed first. */
export const INITIAL_COHORT = 'initial'

/**
 * A follow-up cohort is named after the day on which its notices were planned to be re-mailed.
 * @param nth more than 1 when an earlier cohort of that day is frozen already
 */
export const followUpCohort = (plannedOn: string, nth = 1): string =>
  nth === 1 ? `follow-up-${plannedOn}` : `follow-up-${plannedOn}-${nth}`
