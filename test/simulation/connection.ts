/**
 * A connection of a process to the server: requests arrive in the order of their sending, late, or not at all, and so
 * do answers. What is not answered is sent again, and the server, which knows a request by its id, does it once.
 */
import type { SimulatedProcess } from './simulated-process.ts';

export interface Weather {
  /** Share of messages that a connection loses. */
  loss: number;
  /** Most messages take up to this, few take ten times as long. */
  readonly latencyMs: number;
  /** The server is not there. */
  isAway: boolean;
}

const resendMs = 30;

export class Connection {
  private readonly process: SimulatedProcess;
  private readonly weather: Weather;
  private readonly maySend: () => boolean;
  private lastDeparture = 0;
  private lastArrival = 0;
  private lastDelivery = 0;

  /** @param maySend asked at each sending: what may not be sent waits */
  constructor(process: SimulatedProcess, weather: Weather, maySend = (): boolean => true) {
    this.process = process;
    this.weather = weather;
    this.maySend = maySend;
  }

  /**
   * Resolves, or rejects, with what the action says. The action is done on the server, once; with `areAllDone` as often
   * as the request arrives: what is sent again is then the server's to know.
   */
  request<T>(action: () => T, areAllDone = false): Promise<T> {
    const { process, weather } = this;
    const { scheduler, random } = process;
    return new Promise((resolve, reject) => {
      let outcome: { settle: () => void } | null = null;
      let isAnswered = false;
      const arrive = (): void => {
        if (weather.isAway || random.chance(weather.loss)) return;
        if (scheduler.now > process.lastWordsMs) return;
        if (outcome === null || areAllDone) outcome = outcomeOf(action, resolve, reject);
        const { settle } = outcome;
        if (random.chance(weather.loss)) return;
        process.after(this.latency(), () => {
          if (isAnswered) return;
          isAnswered = true;
          settle();
        });
      };
      const send = (): void => {
        if (this.maySend()) this.leave(arrive);
        process.after(resendMs, () => {
          if (!isAnswered) send();
        });
      };
      send();
    });
  }

  /** Out of the process's own buffer, which may be blocked, and is frozen while the process is stopped; then over the wire. */
  private leave(arrive: () => void): void {
    const { process } = this;
    const { scheduler } = process;
    this.lastDeparture = Math.max(this.lastDeparture + 1e-6, scheduler.now, process.blockedUntil);
    process.after(this.lastDeparture - scheduler.now, () => {
      this.lastArrival = Math.max(this.lastArrival + 1e-6, scheduler.now + this.latency());
      scheduler.after(this.lastArrival - scheduler.now, arrive);
    });
  }

  /** Something that the server sends by itself: in order, lost only with the server. */
  push(action: () => void): void {
    const { process } = this;
    const { scheduler } = process;
    this.lastDelivery = Math.max(this.lastDelivery + 1e-6, scheduler.now + this.latency());
    process.after(this.lastDelivery - scheduler.now, action);
  }

  private latency(): number {
    const { random } = this.process;
    const usual = random.between(0.05, this.weather.latencyMs);
    return random.chance(0.03) ? usual * 10 : usual;
  }
}

function outcomeOf<T>(
  action: () => T,
  resolve: (value: T) => void,
  reject: (error: unknown) => void,
): { settle: () => void } {
  try {
    const value = action();
    return { settle: () => resolve(value) };
  } catch (error) {
    return { settle: () => reject(error) };
  }
}
