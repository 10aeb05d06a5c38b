/** Where the page begins. */
import { render } from 'preact';
import { App } from './app/app.tsx';
import { stayConnected } from './live/connection.ts';
import { watchHealth } from './live/health.ts';
import './styles/all.css';

stayConnected();
void watchHealth();
const root = document.getElementById('app');
if (root !== null) render(<App />, root);
