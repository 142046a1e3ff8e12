/** What a place of work is made of, read from the environment once: stores, parties, letters. */
import type { ActivityContext, ProgramSettings } from '../activities/context.js'
import type { FileParty } from '../activities/file-party.js'
import { type MailParty, smtpParty } from '../activities/mail.js'
import { sftpParty } from '../activities/sftp-party.js'
import { type Database, openDatabase } from '../persistence/database.js'
import { secretVariable, SettingError } from '../persistence/secret-variable.js'

export interface Installation {
  readonly database: Database
  readonly temporalAddress: string
  readonly temporalNamespace: string
  readonly folder: string
  readonly mail: MailParty
  readonly utility: FileParty
  readonly mailHouse: FileParty
  readonly settings: ProgramSettings
  close(): Promise<void>
}

type Environment = NodeJS.ProcessEnv

/** @throws SettingError that names the variable that is missing. */
export async function installationFrom(environment: Environment = process.env): Promise<Installation> {
  const url = secretVariable('DATABASE_URL', environment)
  if (url === undefined)
    throw new SettingError(
      'DATABASE_URL is not set; more than one process needs a PostgreSQL server. For a trial on one machine run: npm run up',
    )
  const mail = smtpParty(needed('SMTP_URL', environment))
  const utility = fileServer('UTILITY_SFTP', environment)
  const mailHouse = fileServer('PRINT_SFTP', environment)
  const database = await openDatabase({ kind: 'postgres', url })
  return {
    database,
    temporalAddress: needed('TEMPORAL_ADDRESS', environment),
    temporalNamespace: environment['TEMPORAL_NAMESPACE'] ?? 'default',
    folder: environment['METERHALL_FOLDER'] ?? '/data',
    mail,
    utility,
    mailHouse,
    settings: settingsFrom(environment),
    async close() {
      mail.close()
      await Promise.all([utility.close(), mailHouse.close()])
      await database.close()
    },
  }
}

function needed(name: string, environment: Environment): string {
  const value = secretVariable(name, environment)
  if (value === undefined)
    throw new SettingError(`${name} is not set; docs/production.md lists what each process needs.`)
  return value
}

function fileServer(prefix: string, environment: Environment): FileParty {
  return sftpParty({
    host: needed(`${prefix}_HOST`, environment),
    port: Number(environment[`${prefix}_PORT`] ?? 22),
    username: needed(`${prefix}_USER`, environment),
    privateKey: needed(`${prefix}_KEY`, environment),
    hostKeySha256: needed(`${prefix}_HOST_KEY_SHA256`, environment),
    outbox: environment[`${prefix}_OUTBOX`] ?? 'outbox',
  })
}

function settingsFrom(environment: Environment): ProgramSettings {
  const optional = (name: string): string | null => environment[name] || null
  const mailTo = optional('REPLIES_MAIL_TO')
  const barcodeId = optional('POSTAL_BARCODE_ID')
  const serviceType = optional('POSTAL_SERVICE_TYPE')
  const mailerId = optional('POSTAL_MAILER_ID')
  return {
    replies: {
      url: optional('REPLIES_URL'),
      phone: optional('REPLIES_PHONE'),
      email: optional('REPLIES_EMAIL'),
      fax: optional('REPLIES_FAX'),
      mailTo: mailTo === null ? null : mailTo.split('|'),
    },
    postal:
      barcodeId === null || serviceType === null || mailerId === null
        ? null
        : { barcodeId, serviceType, mailerId, verified: true },
    letterStyle: environment['METERHALL_LETTERS'] === 'blank' ? 'blank' : 'letter',
    mailFrom: needed('MAIL_FROM', environment),
    utilityMail: needed('UTILITY_MAIL', environment),
    usage: environment['EDI_USAGE'] === 'P' ? 'P' : 'T',
  }
}

/** What the activities need of it. */
export function contextOf(installation: Installation): Omit<ActivityContext, 'heartbeat' | 'isLate'> {
  const { database, folder, mail, utility, mailHouse, settings } = installation
  return { database, folder, mail, utility, mailHouse, settings }
}
