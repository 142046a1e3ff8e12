/**
 * One log for the program and for the Temporal SDK: JSON lines on standard error, personal data blacked out.
 * Standard output belongs to the answer of the command.
 */
import { DefaultLogger, type LogEntry, type LogLevel, makeTelemetryFilterString, Runtime } from '@temporalio/worker'
import { type DestinationStream, destination, type Logger, pino } from 'pino'
import { loggedEntry, withoutPersonalText } from './log-redaction.js'

export type LogVerbosity = 'silent' | 'error' | 'warn' | 'info' | 'debug'

export interface LogOptions {
  /** `silent` for commands that answer a question; a service logs at `info`. */
  readonly level: LogVerbosity
  readonly destination?: DestinationStream
  /** Serves the SDK's metrics for Prometheus, for example `127.0.0.1:9464`. */
  readonly metricsAddress?: string
  /** The process ends itself in order on SIGINT and SIGTERM; otherwise the SDK takes the first of them for its workers. */
  readonly ownSignals?: boolean
}

/**
 * Fields that would name a person, an address or an account, or carry whole payloads. They should not be logged at
 * all; this is the net below. Each is blacked out at the top of an entry and two levels down.
 */
const PERSONAL_FIELDS = [
  ...['accountNumber', 'account_number', 'account', 'customerName', 'customer_name', 'name'],
  ...['serviceAddress', 'service_address', 'mailAddress', 'mail_address', 'address', 'street', 'email', 'phone'],
  ...['letterCode', 'letter_code', 'servicePoint', 'service_point', 'typedAccount', 'typed_account'],
  ...['payload', 'payloads', 'input', 'args', 'params', 'detail', 'password', 'secret', 'authorization'],
]

export function createLogger(options: LogOptions): Logger {
  return pino(
    {
      level: options.level,
      redact: PERSONAL_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
      serializers: { err: (reduced) => reduced },
      hooks: {
        logMethod([first, message], write) {
          write.apply(this, typeof first === 'string' ? [withoutPersonalText(first)] : [...loggedEntry(first, message)])
        },
      },
    },
    // written at once: what was said before a crash is on record
    options.destination ?? destination({ fd: 2, sync: true }),
  )
}

/**
 * Makes the SDK of this process write into the log. Once per process, before the first worker or server.
 * The SDK holds its lines back for a tenth of a second to put them in order.
 */
export function installRuntime(options: LogOptions): Logger {
  const logger = createLogger(options)
  const core = CORE_LEVEL[options.level]
  Runtime.install({
    ...(options.ownSignals === true ? { shutdownSignals: [] } : {}),
    logger: new DefaultLogger(SDK_LEVEL[options.level], (entry) => writeEntry(logger, entry)),
    telemetryOptions: {
      logging: { filter: makeTelemetryFilterString({ core, other: 'ERROR' }), forward: {} },
      ...(options.metricsAddress === undefined
        ? {}
        : { metrics: { prometheus: { bindAddress: options.metricsAddress } } }),
    },
  })
  return logger
}

/** For a process that fails before its workers run: the SDK's threads would keep it alive, deaf, for ever. */
export async function endRuntime(): Promise<void> {
  await Runtime.instance().shutdown()
}

const SDK_LEVEL: Readonly<Record<LogVerbosity, LogLevel>> = {
  silent: 'ERROR',
  error: 'ERROR',
  warn: 'WARN',
  info: 'INFO',
  debug: 'DEBUG',
}

/** The native part is chatty; below a warning it is only of interest when somebody debugs. */
const CORE_LEVEL: Readonly<Record<LogVerbosity, LogLevel>> = {
  silent: 'ERROR',
  error: 'ERROR',
  warn: 'WARN',
  info: 'WARN',
  debug: 'DEBUG',
}

const PINO_LEVEL: Readonly<Record<LogLevel, Exclude<LogVerbosity, 'silent'>>> = {
  TRACE: 'debug',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
}

function writeEntry(logger: Logger, entry: LogEntry): void {
  const { error, ...meta } = entry.meta ?? {}
  logger[PINO_LEVEL[entry.level]]({ ...meta, ...(error === undefined ? {} : { err: error }) }, entry.message)
}
