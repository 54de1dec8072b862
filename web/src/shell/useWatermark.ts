/** Who is looking, on which device, at which minute. */
import { useEffect, useState } from 'react';
import type { Me } from '@/api/contract';
import { dateTime } from '@/i18n/format';

export function watermarkText(me: Me, now: string): string {
  const { name, staff_no, device } = me.watermark;
  return [name, staff_no.slice(-4), dateTime(now), device].filter(Boolean).join(' ');
}

export function useWatermark(me: Me | undefined): string | null {
  const [now, setNow] = useState(() => new Date().toISOString());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date().toISOString()), 60_000);
    return () => clearInterval(timer);
  }, []);
  return me ? watermarkText(me, now) : null;
}
