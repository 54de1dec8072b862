/** Somebody pressed a notification outside: the service worker says where it leads. */
import { useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';

export function useWorkerWords(): void {
  const router = useRouter();
  useEffect(() => {
    const worker = navigator.serviceWorker;
    if (!worker) return;
    function hear(event: MessageEvent<{ path?: unknown }>) {
      const { path } = event.data ?? {};
      if (typeof path === 'string' && path.startsWith('/') && !path.startsWith('//'))
        router.history.push(path);
    }
    worker.addEventListener('message', hear);
    return () => worker.removeEventListener('message', hear);
  }, [router]);
}
