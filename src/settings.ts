import { dirname, join, resolve } from 'node:path';
import { shown } from './config/problems.js';
import { type MailSettings, readMail } from './mail-settings.js';

/** Where this process finds its configuration and data, and where it listens: the machine's side, not the team's. */
export interface Settings {
  /** Absolute path of `slipway.yml`. */
  readonly configFile: string;
  /** Absolute path of the folder for artifacts, instances and the embedded Temporal server. */
  readonly dataDir: string;
  /** The front door of a running Slipway, without a slash at the end; a command falls back on `doorHost` and `doorPort`. */
  readonly url?: string;
  readonly token?: string;
  /** Absolute path of a file that holds the token. */
  readonly tokenFile?: string;
  /** Where notices are posted, as Slack takes them; without it they are in the log and on the pages. */
  readonly webhook?: string;
  /** Where notices go by mail; without it nobody gets any. */
  readonly mail?: MailSettings;
  /** Where CDEvents are posted; without it they are in a file of the data folder only. */
  readonly cdEventsWebhook?: string;
  /** What CDEvents name as their source, a URI or part of one. */
  readonly cdEventsSource: string;
  readonly logLevel: LogLevel;
  readonly doorHost: string;
  /** 0 lets the system choose, here and below. */
  readonly doorPort: number;
  /** Of the embedded Temporal server, and of its UI. */
  readonly temporalPort: number;
  readonly uiPort: number;
  /** A Temporal server of your own, `host:port`; without it the embedded one is started. */
  readonly temporalAddress?: string;
}

export type LogLevel = (typeof logLevels)[number];

/** One setting that cannot be used. `name` is the variable, or the flag where one was given. */
export interface SettingProblem {
  readonly name: string;
  readonly met: string;
  readonly wanted: string;
  readonly message: string;
}

export type SettingsRead =
  | { readonly ok: true; readonly settings: Settings }
  | { readonly ok: false; readonly problems: readonly SettingProblem[] };

/** What the command line said, by setting; it goes before the environment variable of the same meaning. */
export type Flags = Readonly<Partial<Record<keyof typeof names, string>>>;

/** Reads the settings of this process; everything wrong is told at once, and no token is ever shown. */
export function readSettings(
  env: Readonly<Record<string, string | undefined>> = process.env,
  flags: Flags = {},
): SettingsRead {
  const problems: SettingProblem[] = [];
  const text = (key: keyof typeof names): string | undefined => flags[key] ?? (env[names[key].variable] || undefined);
  const refuse = (key: keyof typeof names, met: string, wanted: string): void => {
    const name = flags[key] === undefined ? names[key].variable : names[key].flag;
    problems.push({ name, met, wanted, message: `${name}: met ${met}; wanted ${wanted}` });
  };
  const word = <T>(key: keyof typeof names, wanted: string, read: (met: string) => T | undefined): T | undefined => {
    const met = text(key);
    if (met === undefined) return undefined;
    const value = read(met);
    if (value === undefined) refuse(key, shown(met), wanted);
    return value;
  };
  const port = (key: keyof typeof names) => word(key, 'a port from 0 to 65535', portOf);

  const configFile = resolve(text('configFile') ?? 'slipway.yml');
  const url = word('url', 'an address such as http://127.0.0.1:7070', urlOf);
  const webhook = word('webhook', 'an address such as https://hooks.slack.com/services/…', urlOf);
  const cdEventsWebhook = word('cdEventsWebhook', 'an address such as https://events.example.org/cdevents', urlOf);
  const mail = readMail(word, refuse, (key) => text(key) !== undefined);
  const temporalAddress = word('temporalAddress', 'host:port', addressOf);
  const token = flags.tokenFile === undefined ? text('token') : flags.token;
  const tokenFile = flags.token === undefined ? text('tokenFile') : flags.tokenFile;
  if (token !== undefined && tokenFile !== undefined) refuse('tokenFile', 'a token as well', 'one of the two');
  const settings: Settings = {
    configFile,
    dataDir: resolve(text('dataDir') ?? join(dirname(configFile), '.slipway')),
    ...(url !== undefined && { url }),
    ...(token !== undefined && { token }),
    ...(tokenFile !== undefined && { tokenFile: resolve(tokenFile) }),
    ...(webhook !== undefined && { webhook }),
    ...(mail !== undefined && { mail }),
    ...(cdEventsWebhook !== undefined && { cdEventsWebhook }),
    cdEventsSource: word('cdEventsSource', 'a URI or a path, such as /slipway', uriReferenceOf) ?? '/slipway',
    logLevel: word('logLevel', `one of ${logLevels.join(', ')}`, levelOf) ?? 'info',
    doorHost: text('doorHost') ?? '127.0.0.1',
    doorPort: port('doorPort') ?? 7070,
    temporalPort: port('temporalPort') ?? 7233,
    uiPort: port('uiPort') ?? 8233,
    ...(temporalAddress !== undefined && { temporalAddress }),
  };
  return problems.length === 0 ? { ok: true, settings } : { ok: false, problems };
}

const names = {
  configFile: { variable: 'SLIPWAY_CONFIG', flag: '--config' },
  dataDir: { variable: 'SLIPWAY_DATA', flag: '--data' },
  url: { variable: 'SLIPWAY_URL', flag: '--url' },
  token: { variable: 'SLIPWAY_TOKEN', flag: '--token' },
  tokenFile: { variable: 'SLIPWAY_TOKEN_FILE', flag: '--token-file' },
  webhook: { variable: 'SLIPWAY_WEBHOOK', flag: '--webhook' },
  smtpUrl: { variable: 'SLIPWAY_SMTP_URL', flag: '--smtp-url' },
  smtpFrom: { variable: 'SLIPWAY_SMTP_FROM', flag: '--smtp-from' },
  smtpTo: { variable: 'SLIPWAY_SMTP_TO', flag: '--smtp-to' },
  cdEventsWebhook: { variable: 'SLIPWAY_CDEVENTS_WEBHOOK', flag: '--cdevents-webhook' },
  cdEventsSource: { variable: 'SLIPWAY_CDEVENTS_SOURCE', flag: '--cdevents-source' },
  logLevel: { variable: 'SLIPWAY_LOG', flag: '--log' },
  doorHost: { variable: 'SLIPWAY_HOST', flag: '--host' },
  doorPort: { variable: 'SLIPWAY_PORT', flag: '--port' },
  temporalPort: { variable: 'SLIPWAY_TEMPORAL_PORT', flag: '--temporal-port' },
  uiPort: { variable: 'SLIPWAY_UI_PORT', flag: '--ui-port' },
  temporalAddress: { variable: 'TEMPORAL_ADDRESS', flag: '--temporal-address' },
} as const;

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

const levelOf = (met: string): LogLevel | undefined => logLevels.find((level) => level === met);

const portOf = (met: string): number | undefined =>
  /^\d{1,5}$/.test(met) && Number(met) <= 65_535 ? Number(met) : undefined;

const addressOf = (met: string): string | undefined =>
  /^(\[[\da-f:]+\]|[^\s:/]+):\d{1,5}$/i.test(met) ? met : undefined;

function urlOf(met: string): string | undefined {
  if (!URL.canParse(met) || !/^https?:\/\/[^@]*$/.test(met)) return undefined;
  return met.replace(/\/+$/, '');
}

const uriReferenceOf = (met: string): string | undefined => (/^[\w.~:/?#&=+%-]{1,200}$/.test(met) ? met : undefined);
