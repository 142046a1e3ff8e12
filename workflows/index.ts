/** What the worker registers: the workflows by name. */
export { aggregationCycle } from './aggregation-cycle.js'
export { cohort } from './cohort.js'
export { utilityInbox } from './utility-inbox.js'
