/** The workers of one process: the workflows, and the activities on their three task queues. */
import { Context } from '@temporalio/activity'
import type { DataConverter } from '@temporalio/common'
import { type ActivityInterceptorsFactory, type NativeConnection, Worker } from '@temporalio/worker'
import type { ActivityContext } from '../activities/context.js'
import { createComputeActivities } from '../activities/compute.js'
import { createLedgerActivities } from '../activities/ledger.js'
import { createSendActivities } from '../activities/send.js'
import { TASK_QUEUES } from '../workflows/messages.js'
import { releaseOf, TAKEN_PATCHES } from './releases.js'

export interface WorkerOptions {
  readonly connection: NativeConnection
  readonly namespace?: string
  readonly bundle: { readonly code: string }
  readonly context: Omit<ActivityContext, 'heartbeat' | 'isLate'>
  readonly dataConverter?: DataConverter
  /** How long a task waits for the process that holds its run before any other may take it; the SDK's ten seconds when left out. */
  readonly stickyTimeout?: string
  /** Changed commands that runs take from now on; those of this release when left out. */
  readonly takenPatches?: ReadonlySet<string>
}

export interface RunningWorkers {
  /** Rejects when a worker fails; resolves after `stop`. */
  readonly done: Promise<void>
  /** Lets running activities finish. */
  stop(): Promise<void>
}

/** Two renderings at once on two cores; ledger work waits for the database, not for the processor. */
const COMPUTE_AT_ONCE = 2
const LEDGER_AT_ONCE = 8
/** One sending at a time: the parties take one connection of ours. */
const SEND_AT_ONCE = 1
/** The server's clock of an attempt begins before ours, and what is written has to be committed in time. @unit ms */
const EARLIER_MS = 1_000
/** A village has a handful of runs; the cache is bounded because one that outgrows its isolate ends the worker. */
const CACHED_WORKFLOWS = 200

export async function startWorkers(options: WorkerOptions): Promise<RunningWorkers> {
  const started = new WeakMap<Context, number>()
  const context: ActivityContext = {
    ...options.context,
    heartbeat: (done) => Context.current().heartbeat(done),
    isLate() {
      const attempt = Context.current()
      const began = started.get(attempt) ?? performance.now()
      return performance.now() - began > attempt.info.startToCloseTimeoutMs - EARLIER_MS
    },
  }
  const startOfEach: ActivityInterceptorsFactory = (attempt) => {
    started.set(attempt, performance.now())
    return {}
  }
  const takenPatches = options.takenPatches ?? TAKEN_PATCHES
  const common = {
    connection: options.connection,
    namespace: options.namespace ?? 'default',
    ...(options.dataConverter === undefined ? {} : { dataConverter: options.dataConverter }),
    shutdownGraceTime: '10s',
    interceptors: { activity: [startOfEach] },
    // recorded, not routed by: a run of years goes on with whichever release is there
    workerDeploymentOptions: { version: releaseOf(options.bundle, takenPatches), useWorkerVersioning: false as const },
  }
  const workers = [
    await Worker.create({
      ...common,
      taskQueue: TASK_QUEUES.main,
      workflowBundle: options.bundle,
      maxCachedWorkflows: CACHED_WORKFLOWS,
      patchActivationCallback: ({ patchId }) => takenPatches.has(patchId),
      ...(options.stickyTimeout === undefined ? {} : { stickyQueueScheduleToStartTimeout: options.stickyTimeout }),
    }),
    await Worker.create({
      ...common,
      taskQueue: TASK_QUEUES.compute,
      activities: createComputeActivities(context),
      maxConcurrentActivityTaskExecutions: COMPUTE_AT_ONCE,
    }),
    await Worker.create({
      ...common,
      taskQueue: TASK_QUEUES.ledger,
      activities: createLedgerActivities(context),
      maxConcurrentActivityTaskExecutions: LEDGER_AT_ONCE,
    }),
    await Worker.create({
      ...common,
      taskQueue: TASK_QUEUES.send,
      activities: createSendActivities(context),
      maxConcurrentActivityTaskExecutions: SEND_AT_ONCE,
    }),
  ]
  const done = Promise.all(workers.map((worker) => worker.run())).then(() => {})
  // observed by whoever started them; never an unhandled rejection in between
  done.catch(() => {})
  return {
    done,
    async stop() {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown()
      await done
    },
  }
}
