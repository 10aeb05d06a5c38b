/** Joins the socket to what it feeds: accounts and alerts. Owns whether the page is live, and who may give orders. */
import { effect, signal } from '@preact/signals';
import { dashboardLimits } from '../../config/limits-dashboard.ts';
import { takeAlert, takeAlerts } from '../alerts/alerts.ts';
import { gateway } from '../api/gateway.ts';
import type { Figures } from '../api/shapes.ts';
import { forgetToken, token, tokenWanted } from '../api/token.ts';
import { money } from '../format/formats.ts';
import { forgetAccounts, takeEquity, takeListed } from './accounts.ts';
import { LiveSocket, type Granted, type SocketError } from './socket.ts';

export type Link = 'connecting' | 'live' | 'lost';

export const link = signal<Link>('connecting');
export const isOperator = signal(false);
/** Counts connections: whoever reads it asks anew for what it may have missed. */
export const connections = signal(0);
/** How many more accounts there are than a socket may read; the first ones by equity are shown. */
export const isCutOff = signal(false);

let socket: LiveSocket | null = null;

/** From now on, with whatever token there is. */
export function stayConnected(): void {
  effect(() => {
    const given = token.value;
    const isWanted = tokenWanted.value !== null;
    socket?.stop();
    socket = null;
    forgetAccounts();
    if (!isWanted) socket = connect(given);
  });
}

/** Milliseconds since the epoch by the gateway's clock. */
export function now(): number {
  return socket?.now() ?? Date.now();
}

function connect(given: string | null): LiveSocket {
  link.value = 'connecting';
  return new LiveSocket(given, {
    opened: (granted, opened) => void begin(granted, opened),
    closed: () => (link.value = 'lost'),
    refused: forgetToken,
    frame: (stream, data) => {
      if (stream === 'equity') takeEquity(data as Figures & { account_id: string | number });
      if (stream === 'alerts') takeAlert(data as Parameters<typeof takeAlert>[0]);
    },
  });
}

async function begin({ role }: Granted, opened: LiveSocket): Promise<void> {
  isOperator.value = role === 'operator';
  void listNames();
  void listAlerts();
  void subscribe(opened, 'alerts.subscribe');
  await subscribe(opened, 'equity.subscribe');
  if (opened !== socket) return;
  link.value = 'live';
  connections.value++;
}

/** Again until it is taken: the engine may be away for a while. */
async function subscribe(opened: LiveSocket, method: string): Promise<void> {
  let params: object = {};
  while (opened === socket) {
    try {
      await opened.ask(method, params);
      return;
    } catch (error) {
      const { reason } = error as SocketError;
      if (reason === 'too_many_accounts') params = await largest();
      else await new Promise((resolve) => setTimeout(resolve, dashboardLimits.subscribeRetryMs));
    }
  }
}

/** As many accounts as a socket may read. */
async function largest(): Promise<object> {
  isCutOff.value = true;
  const listed = await gateway.accounts('equity', dashboardLimits.accountsMax);
  return { account_ids: listed.map(({ account_id }) => account_id) };
}

/** Names and decimals; without them the page works, too. */
async function listNames(): Promise<void> {
  const [exponents, listed] = await Promise.allSettled([
    gateway.currencyExponents(),
    gateway.accounts('equity', dashboardLimits.accountsMax),
  ]);
  if (exponents.status === 'fulfilled') money.setExponents(exponents.value);
  if (listed.status === 'fulfilled') takeListed(listed.value);
}

async function listAlerts(): Promise<void> {
  const [alerts] = await Promise.allSettled([gateway.alerts(dashboardLimits.alertsKeptMax)]);
  if (alerts.status === 'fulfilled') takeAlerts(alerts.value);
}
