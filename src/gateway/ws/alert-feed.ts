/**
 * Alerts for whoever reads them: those that stand when a reader joins, then each as it comes. The stream is followed from
 * the first reader on. Owns what stands; knows neither tokens nor sockets.
 */
import { followAlerts } from '../../client/alert-tail.ts';
import type { NatsDoor } from '../../client/nats.ts';
import { isLasting } from '../../domain/alert-kind.ts';
import type { Alert, Log } from '../../ports.ts';
import { frameOfAlert } from './frames.ts';

export interface AlertReader {
  alerted(account: string, frame: Buffer): void;
}

interface Told {
  readonly account: string;
  readonly frame: Buffer;
}

export class AlertFeed {
  private readonly nats: NatsDoor;
  private readonly log: Log;
  private readonly readers = new Set<AlertReader>();
  private readonly standing = new Map<string, Told>();
  private following: ReturnType<typeof followAlerts> | null = null;

  constructor(nats: NatsDoor, log: Log) {
    this.nats = nats;
    this.log = log;
  }

  /** Resolves when it is known what stands; rejects where that cannot be had now. */
  async known(): Promise<void> {
    this.following ??= followAlerts(this.nats, this.log, {
      standing: (alerts) => {
        // What an attempt that failed had found may have been cleared since.
        this.standing.clear();
        for (const alert of alerts) this.note(alert);
      },
      take: (alert) => {
        const told = this.note(alert);
        for (const reader of this.readers) reader.alerted(told.account, told.frame);
      },
    });
    try {
      await this.following;
    } catch (error) {
      this.following = null;
      throw error;
    }
  }

  /** What stands, in the order in which it was raised; after `known`. From now on the reader hears of what comes. */
  read(reader: AlertReader): void {
    for (const { account, frame } of this.standing.values()) reader.alerted(account, frame);
    this.readers.add(reader);
  }

  leave(reader: AlertReader): void {
    this.readers.delete(reader);
  }

  async close(): Promise<void> {
    this.readers.clear();
    const [following] = await Promise.allSettled([this.following]);
    if (following.status === 'fulfilled') await following.value?.close();
  }

  private note(alert: Alert): Told {
    const { kind, account, id, state } = alert;
    const told = { account, frame: frameOfAlert(alert) };
    const key = `${kind}.${account}.${id}`;
    if (state === 'cleared') this.standing.delete(key);
    else if (isLasting(kind)) this.standing.set(key, told);
    return told;
  }
}
