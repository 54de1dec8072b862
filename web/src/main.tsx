import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './ui/base.css';
import { followTabs } from './api/tabs';
import { loadLanguage } from './i18n';
import { currentLanguage } from './i18n/language';
import { guardUnload } from './offline/drafts';
import { watchNetwork } from './offline/outbox';
import { registerWorker } from './offline/register';
import { startPaper } from './records/print/paper';
import { beginHere, router } from './routes';
import { startTheme } from './ui/theme';

startTheme();
guardUnload();
watchNetwork();
followTabs();
registerWorker();
beginHere();
startPaper();

const app = document.getElementById('app');
if (app) {
  await loadLanguage(currentLanguage());
  createRoot(app).render(
    <StrictMode>
      <RouterProvider router={router} />
    </StrictMode>,
  );
}
