/** How the parts behind the gateway are, asked again and again: what the page shows as missing. */
import { signal } from '@preact/signals';
import { dashboardLimits } from '../../config/limits-dashboard.ts';
import { gateway } from '../api/gateway.ts';

export interface Parts {
  readonly gateway: boolean;
  readonly engine: boolean;
  readonly history: boolean;
}

export const parts = signal<Parts>({ gateway: true, engine: true, history: true });

export async function watchHealth(): Promise<void> {
  for (;;) {
    const found = await ask();
    const { gateway: hasGateway, engine, history } = parts.value;
    if (found.gateway !== hasGateway || found.engine !== engine || found.history !== history)
      parts.value = found;
    await new Promise((resolve) => setTimeout(resolve, dashboardLimits.healthEveryMs));
  }
}

async function ask(): Promise<Parts> {
  try {
    const { engine, clickhouse } = (await gateway.health()).parts;
    return { gateway: true, engine: engine.state === 'live', history: clickhouse.state === 'up' };
  } catch {
    // Without the gateway nobody can say how the others are.
    return { ...parts.value, gateway: false };
  }
}
