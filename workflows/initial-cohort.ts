/** The first cohort: everybody whom list review found fit for automatic enrollment. */
import { INITIAL_COHORT } from '../domain/run-ids.js'
import { bulk } from './activity-proxies.js'
import type { CycleRun } from './cycle-run.js'
import { startCohort } from './start-cohort.js'

/** Starts it and goes on: the cohort outlives any single run of the cycle. */
export async function startInitialCohort(run: CycleRun): Promise<void> {
  await bulk.createCohort({ ...run.call(), cohort: INITIAL_COHORT })
  await startCohort(run, INITIAL_COHORT)
}
