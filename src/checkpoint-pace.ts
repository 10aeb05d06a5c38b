/**
 * The pace of a pass over accounts: how long others have their time between two slices of it. Longer where the ledger is
 * behind, so that a pass takes its time rather than theirs; hardly any at the end. Knows nothing of what is written.
 */
import { limits } from '../config/limits.ts';
import type { Ports } from './ports.ts';

export class CheckpointPace {
  private readonly ports: Pick<Ports, 'clock' | 'ledger'>;
  private isEnding = false;
  /** Ends the rest that there is. */
  private wake: () => void = () => undefined;

  constructor(ports: Pick<Ports, 'clock' | 'ledger'>) {
    this.ports = ports;
  }

  /** One at a time. */
  rest(): Promise<void> {
    const { clock, ledger } = this.ports;
    if (this.isEnding) return clock.turn();
    const isBusy = ledger.lag > limits.checkpointBusyMessages;
    const restMs = isBusy ? limits.checkpointSliceBusyMs : limits.checkpointSliceMs;
    return new Promise((resolve) => {
      const cancel = clock.every(restMs, () => {
        this.wake();
      });
      this.wake = () => {
        cancel();
        resolve();
      };
    });
  }

  /** From now on there is no time to lose. */
  hurry(): void {
    this.isEnding = true;
    this.wake();
  }
}
