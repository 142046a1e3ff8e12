/**
 * Metrics for Prometheus: what the ledger says, counted when it is asked, beside the usual ones of the process.
 *
 * The Temporal SDK serves its own on another port (`metricsAddress` of runtime-logger.ts). deploy/alarms.yaml says which
 * values call a person.
 */
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { Instant } from '../domain/instant.js'
import type { Database } from '../persistence/database.js'
import { type Figure, type LedgerFigures, ledgerFigures } from '../persistence/ledger/figures.js'

export interface MetricsOptions {
  readonly database: Database
  /** Program time. */
  now(): Instant
  /** A database that does not answer within this is reported as down. @unit ms */
  readonly limitMs?: number
}

export interface Metrics {
  /** For the answer's `content-type`. */
  readonly contentType: string
  /** The page for Prometheus. Never rejects: a ledger that cannot be read is `meterhall_ledger_up 0`, and its counts are left out. */
  text(): Promise<string>
}

/** Prometheus gives up after ten seconds unless it was told otherwise. */
const LEDGER_LIMIT_MS = 5_000

interface LedgerGauge {
  readonly name: string
  readonly help: string
  /** What `Figure.label` says, as a label; the label is left out when null. */
  readonly label: string | null
}

const GAUGES: Readonly<Record<keyof LedgerFigures, LedgerGauge>> = {
  dueSoon: { name: 'due_soon', help: 'Runs and work items that fall due within 24 hours', label: 'what' },
  late: { name: 'late', help: 'Runs and work items whose time has passed', label: 'what' },
  unknownSendings: {
    name: 'sendings_unknown',
    help: 'Sendings of which nobody knows whether they arrived',
    label: 'party',
  },
  unmatchedReplies: {
    name: 'replies_unmatched',
    help: 'Replies and answers that fit nothing and wait for a person',
    label: 'from',
  },
  rejects: {
    name: 'rejects',
    help: 'Rejected enrollments to be mended, by hours left to the cut-off',
    label: 'hours_left',
  },
  openWorkItems: { name: 'work_items_open', help: 'Work items that wait for a person', label: 'kind' },
  wakeUps: { name: 'wake_ups_outstanding', help: 'Runs that have not read every recorded fact', label: null },
  stopped: { name: 'stopped', help: 'Stop switches that are on', label: 'party' },
}

/** With those of this process: memory, event loop, open files. */
export function createMetrics(options: MetricsOptions): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const up = new Gauge({
    name: 'meterhall_ledger_up',
    help: '1 when the ledger could be read for this page',
    registers: [registry],
  })
  const gauges = Object.entries(GAUGES).map(([figure, { name, help, label }]) => ({
    figure: figure as keyof LedgerFigures,
    label,
    gauge: new Gauge({
      name: `meterhall_${name}`,
      help,
      labelNames: ['program', ...(label === null ? [] : [label])],
      registers: [registry],
    }),
  }))

  let reading: Promise<LedgerFigures> | undefined
  const read = (): Promise<LedgerFigures> => {
    // a database that hangs is asked once, not once per page
    reading ??= ledgerFigures(options.database.kysely, options.now()).finally(() => {
      reading = undefined
    })
    return reading
  }
  return {
    contentType: registry.contentType,
    async text() {
      const figures = await within(read(), options.limitMs ?? LEDGER_LIMIT_MS)
      up.set(figures === undefined ? 0 : 1)
      for (const { gauge, figure, label } of gauges) {
        gauge.reset()
        for (const each of figures?.[figure] ?? []) gauge.set(labelsOf(each, label), each.count)
      }
      return registry.metrics()
    },
  }
}

function labelsOf(figure: Figure, label: string | null): Record<string, string> {
  return { program: figure.programId, ...(label === null ? {} : { [label]: figure.label }) }
}

/** Undefined when it failed or took longer. */
async function within<T>(work: Promise<T>, limitMs: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<undefined>((done) => {
    timer = setTimeout(() => done(undefined), limitMs)
  })
  try {
    return await Promise.race([work, limit])
  } catch {
    return undefined
  } finally {
    clearTimeout(timer)
  }
}
